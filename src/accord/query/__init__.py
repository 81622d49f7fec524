"""Room: query. Turns a Selection and a Shape into one SQL statement, without any I/O."""
