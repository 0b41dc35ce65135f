"""What parses formats that can harm the parser (workbooks, Parquet), in a process with limits of its own."""
