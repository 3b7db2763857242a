namespace FlowGpt.Grains.Conversations.Pending;

/// <summary>A look at a conversation: it, and how many turns it had begun when the look began.</summary>
internal readonly record struct PendingLook(string Conversation, PendingEntry Entry, int Turns);
