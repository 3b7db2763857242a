-- Records of conversations hold items from here on. Files of an earlier version are refused (Migration.OldestReadable), so there is nothing to change.
SELECT 1;
