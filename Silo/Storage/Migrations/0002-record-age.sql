-- Version 2 of the data file: records of a type are found by their age, so that those whose time is over can be removed.

CREATE INDEX GrainStateByAge ON GrainState (GrainType, ModifiedAt);
