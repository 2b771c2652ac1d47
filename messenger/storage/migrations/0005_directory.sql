-- The signed directory of desks in use (one row): its text, and by desk the keys that it may use (JSON).

CREATE TABLE directory(id INTEGER PRIMARY KEY CHECK (id = 1), words TEXT NOT NULL, known TEXT NOT NULL) STRICT;
