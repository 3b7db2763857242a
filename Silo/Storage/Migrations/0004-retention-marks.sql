-- Version 4 of the data file: records whose time is over are noted a day before they are removed.

CREATE TABLE RetentionMark
(
    State TEXT NOT NULL PRIMARY KEY,
    Before TEXT NOT NULL,
    MarkedAt TEXT NOT NULL
);
