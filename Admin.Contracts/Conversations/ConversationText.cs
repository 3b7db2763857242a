namespace FlowGpt.Admin.Contracts.Conversations;

/// <summary>What is written in a stored conversation, or in the context of a kept response with its reply.</summary>
/// <param name="Id">The id that was asked for.</param>
/// <param name="KeyId">The id of the client key that the conversation belongs to.</param>
/// <param name="Items">The items, the oldest first.</param>
/// <param name="HasMore">Whether there are more items after these.</param>
public sealed record ConversationText(string Id, string KeyId, IReadOnlyList<ConversationEntry> Items, bool HasMore);

/// <summary>One item of a conversation.</summary>
/// <param name="Id">The item's id; null for an item of an unnamed place.</param>
/// <param name="Kind">Who speaks (<c>user</c>, <c>assistant</c>, <c>system</c>, <c>developer</c>), or <c>reasoning</c>, <c>tool call</c>, <c>tool result</c>, <c>other</c>.</param>
/// <param name="Name">The tool's name; null for what is no call.</param>
/// <param name="Text">The text. Images and files are named by their kinds alone.</param>
public sealed record ConversationEntry(string? Id, string Kind, string? Name, string Text);
