"""Is a file what its release produces?"""
