"""Who sees what: permissions, the person of a session, releases cut to what they may see, guards of the server."""
