namespace FlowGpt.Grains.Upstreams;

/// <summary>
/// What replaces the result of a tool call that has none: a client that was interrupted sends such a context, and providers would refuse every later turn of the
/// conversation.
/// </summary>
internal static class MissingResult
{
    public const string Text = "There is no result of this call.";
}
