-- Version 1 of the data file: grain state and reminders.
--
-- The Orleans ADO.NET providers read the statements they run from the table OrleansQuery; its name, its columns,
-- its keys, the parameter names and the result columns are their contract. Everything else here is ours.
-- A released script is never changed: what comes later is the next number.

CREATE TABLE OrleansQuery
(
    QueryKey  TEXT NOT NULL PRIMARY KEY,
    QueryText TEXT NOT NULL
) WITHOUT ROWID;

-- Grain state. The provider also offers hashes of the key and type for databases that cannot index long text; they are
-- not needed here. A grain has either a text key (KeyText) or a number or GUID (KeyHigh, KeyLow) with an optional text.
CREATE TABLE GrainState
(
    ServiceId  TEXT    NOT NULL,
    GrainType  TEXT    NOT NULL,
    KeyText    TEXT    NOT NULL,
    KeyHigh    INTEGER NOT NULL,
    KeyLow     INTEGER NOT NULL,
    Payload    BLOB    NULL,
    ModifiedAt TEXT    NOT NULL,
    Version    INTEGER NOT NULL,
    UNIQUE (ServiceId, GrainType, KeyText, KeyHigh, KeyLow)
);

CREATE TABLE Reminder
(
    ServiceId TEXT    NOT NULL,
    GrainId   TEXT    NOT NULL,
    Name      TEXT    NOT NULL,
    StartTime TEXT    NOT NULL,
    Period    INTEGER NOT NULL,
    GrainHash INTEGER NOT NULL,
    Version   INTEGER NOT NULL,
    PRIMARY KEY (ServiceId, GrainId, Name)
) WITHOUT ROWID;

CREATE INDEX ReminderByHash ON Reminder (ServiceId, GrainHash);

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
    SELECT Payload AS PayloadBinary, Version
    FROM GrainState
    WHERE ServiceId = @ServiceId AND GrainType = @GrainTypeString AND KeyText = COALESCE(@GrainIdExtensionString, '''')
      AND KeyHigh = @GrainIdN0 AND KeyLow = @GrainIdN1;
'),

-- A new record carries no version and must not exist; a known one must still have the version that was read. When nothing
-- was written the second statement returns the caller's own version, which is how the provider tells a conflict.
('WriteToStorageKey', '
    INSERT INTO GrainState (ServiceId, GrainType, KeyText, KeyHigh, KeyLow, Payload, ModifiedAt, Version)
    SELECT @ServiceId, @GrainTypeString, COALESCE(@GrainIdExtensionString, ''''), @GrainIdN0, @GrainIdN1,
           @PayloadBinary, strftime(''%Y-%m-%dT%H:%M:%fZ'', ''now''), 1
    WHERE @GrainStateVersion IS NULL OR EXISTS
    (
        SELECT 1 FROM GrainState
        WHERE ServiceId = @ServiceId AND GrainType = @GrainTypeString AND KeyText = COALESCE(@GrainIdExtensionString, '''')
          AND KeyHigh = @GrainIdN0 AND KeyLow = @GrainIdN1 AND Version = @GrainStateVersion
    )
    ON CONFLICT (ServiceId, GrainType, KeyText, KeyHigh, KeyLow) DO UPDATE
    SET Payload = excluded.Payload, ModifiedAt = excluded.ModifiedAt, Version = Version + 1
    WHERE Version = @GrainStateVersion
    RETURNING Version AS NewGrainStateVersion;

    SELECT @GrainStateVersion AS NewGrainStateVersion WHERE changes() = 0;
'),

('ClearStorageKey', '
    UPDATE GrainState
    SET Payload = NULL, ModifiedAt = strftime(''%Y-%m-%dT%H:%M:%fZ'', ''now''), Version = Version + 1
    WHERE ServiceId = @ServiceId AND GrainType = @GrainTypeString AND KeyText = COALESCE(@GrainIdExtensionString, '''')
      AND KeyHigh = @GrainIdN0 AND KeyLow = @GrainIdN1 AND Version = @GrainStateVersion
    RETURNING Version AS NewGrainStateVersion;

    SELECT @GrainStateVersion AS NewGrainStateVersion WHERE changes() = 0;
'),

('DeleteStorageKey', '
    DELETE FROM GrainState
    WHERE ServiceId = @ServiceId AND GrainType = @GrainTypeString AND KeyText = COALESCE(@GrainIdExtensionString, '''')
      AND KeyHigh = @GrainIdN0 AND KeyLow = @GrainIdN1 AND Version = @GrainStateVersion
    RETURNING Version + 1 AS NewGrainStateVersion;

    SELECT @GrainStateVersion AS NewGrainStateVersion WHERE changes() = 0;
'),

('ReadReminderRowKey', '
    SELECT GrainId, Name AS ReminderName, StartTime, Period, Version
    FROM Reminder WHERE ServiceId = @ServiceId AND GrainId = @GrainId AND Name = @ReminderName;
'),

('ReadReminderRowsKey', '
    SELECT GrainId, Name AS ReminderName, StartTime, Period, Version
    FROM Reminder WHERE ServiceId = @ServiceId AND GrainId = @GrainId;
'),

-- Hashes are compared as signed numbers; the provider picks the second form for a range that wraps round.
('ReadRangeRows1Key', '
    SELECT GrainId, Name AS ReminderName, StartTime, Period, Version
    FROM Reminder WHERE ServiceId = @ServiceId AND GrainHash > @BeginHash AND GrainHash <= @EndHash;
'),

('ReadRangeRows2Key', '
    SELECT GrainId, Name AS ReminderName, StartTime, Period, Version
    FROM Reminder WHERE ServiceId = @ServiceId AND (GrainHash > @BeginHash OR GrainHash <= @EndHash);
'),

('UpsertReminderRowKey', '
    INSERT INTO Reminder (ServiceId, GrainId, Name, StartTime, Period, GrainHash, Version)
    VALUES (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash, 0)
    ON CONFLICT (ServiceId, GrainId, Name) DO UPDATE
    SET StartTime = excluded.StartTime, Period = excluded.Period, GrainHash = excluded.GrainHash, Version = Version + 1
    RETURNING Version;
'),

('DeleteReminderRowKey', '
    DELETE FROM Reminder
    WHERE ServiceId = @ServiceId AND GrainId = @GrainId AND Name = @ReminderName AND Version = @Version;

    SELECT changes() > 0 AS Deleted;
'),

('DeleteReminderRowsKey', '
    DELETE FROM Reminder WHERE ServiceId = @ServiceId;
');
