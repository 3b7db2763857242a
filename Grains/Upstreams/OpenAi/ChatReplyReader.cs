using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>Reads a chat completion, streamed or whole.</summary>
internal sealed class ChatReplyReader : IReplyReader
{
    private readonly ChatReplyItems _items;
    private readonly ChatChunkReader _chunks;
    private readonly int _httpStatus;

    /// <param name="newCallId">Makes an id for a tool call whose server gives none.</param>
    /// <param name="httpStatus">The answer's status.</param>
    public ChatReplyReader(Func<string> newCallId, int httpStatus)
    {
        _items = new ChatReplyItems(newCallId);
        _chunks = new ChatChunkReader(_items, httpStatus);
        _httpStatus = httpStatus;
    }

    public UpstreamFailure? Failure => _chunks.Failure;

    public TokenUsage? Usage => _chunks.Usage;

    public bool HasFinished => _chunks.Finish is not null;

    public int Given => _items.Given;

    public void Begin(ITurnEventSink events) => _items.Begin(events);

    public void Flush() => _items.Flush();

    public void Read(ReadOnlySpan<byte> data, bool isError = false) => _chunks.Read(data, isError);

    public UpstreamFailure? Complete(bool isDone, bool isWholeObject, out FinishReason reason)
    {
        reason = default;
        var hasFinished = isDone || HasFinished;
        var isWhole = hasFinished || isWholeObject || _chunks.Usage is not null;
        if (!_items.HasItems && (!isWhole || !MayBeEmpty(hasFinished)))
        {
            return UpstreamFailures.EmptyReply(_httpStatus);
        }

        if (!isWhole || _items.Complete(_chunks.Finish) is not { } finish)
        {
            return isWhole && _chunks.Finish is not null && _items.HasBrokenCall
                ? UpstreamFailures.BrokenCall(_httpStatus)
                : OpenAiFailures.Unfinished(_httpStatus);
        }

        reason = finish;
        return null;
    }

    // An empty message is a reply when the server says what it cost or why there is nothing.
    private bool MayBeEmpty(bool hasFinished) =>
        (_chunks.Usage is not null && hasFinished) || _chunks.Finish is FinishReason.Length or FinishReason.ContentFilter;
}
