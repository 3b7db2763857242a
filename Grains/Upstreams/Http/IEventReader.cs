using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;

namespace FlowGpt.Grains.Upstreams.Http;

/// <summary>Takes the data of a reply's server-sent events. One reply each.</summary>
internal interface IEventReader
{
    /// <summary>What failed, as the server says or because the data cannot be read; null while nothing has.</summary>
    UpstreamFailure? Failure { get; }

    /// <summary>Takes the data of one event, or a whole body: JSON.</summary>
    /// <param name="data">The JSON; not used after the call.</param>
    /// <param name="isError">Whether the event's name says that the data is an error.</param>
    void Read(ReadOnlySpan<byte> data, bool isError = false);
}

/// <summary>Makes a turn's events of the data of a reply. One reply each.</summary>
internal interface IReplyReader : IEventReader
{
    /// <summary>Tokens as the server reports them; null when it does not.</summary>
    TokenUsage? Usage { get; }

    /// <summary>Whether the server said why the reply ended: what comes after may be missing without harm.</summary>
    bool HasFinished { get; }

    /// <summary>How many events were given since <see cref="Begin"/>.</summary>
    int Given { get; }

    /// <summary>Events go to this sink from now on.</summary>
    void Begin(ITurnEventSink events);

    /// <summary>Gives what is still held back to be joined.</summary>
    void Flush();

    /// <summary>The body has ended: ends the items.</summary>
    /// <param name="isDone">Whether the body has an end mark.</param>
    /// <param name="isWholeObject">Whether the body is one JSON object.</param>
    /// <param name="reason">Why the reply ended, when the reply is whole.</param>
    /// <returns>What is wrong; null when the reply is whole.</returns>
    UpstreamFailure? Complete(bool isDone, bool isWholeObject, out FinishReason reason);
}
