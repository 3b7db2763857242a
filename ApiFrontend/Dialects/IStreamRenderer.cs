using System.Buffers;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>
/// Writes one response as server-sent events. One event of the log is at most one frame, and frames are never merged: whatever the slices are in which
/// the events come, the bytes are the same. A renderer that leaves out the first frames of a response, and is given the response's events from
/// the first one, writes exactly what comes after those frames. Used by one request; nothing is flushed here.
/// </summary>
internal interface IStreamRenderer
{
    /// <summary>When the response ended; set before the end is written. Null when that is not known.</summary>
    DateTimeOffset? EndedAt
    {
        get => null;
        set { }
    }

    /// <summary>The tokens of a response that breaks off; set before the error is written. Null while they are not known.</summary>
    TokenUsage? UsageSoFar
    {
        get => null;
        set { }
    }

    /// <summary>How many frames there are so far, those that were left out included.</summary>
    long Frames => 0;

    /// <summary>The place that a reader of everything so far names to get the rest.</summary>
    long LastPlace => Frames;

    /// <summary>Writes one event of the log.</summary>
    void Write(IBufferWriter<byte> output, in ResponseEvents.Event entry);

    /// <summary>Writes the end of a completed response, the usage if it was asked for, and the end mark.</summary>
    void WriteEnd(IBufferWriter<byte> output, FinishReason reason, TokenUsage usage);

    /// <summary>Writes why the response breaks off. Nothing may follow.</summary>
    void WriteError(IBufferWriter<byte> output, ApiError error);

    /// <summary>Writes what keeps proxies from closing a silent stream; not a frame.</summary>
    void WriteHeartbeat(IBufferWriter<byte> output);
}

/// <summary>Gathers one response and writes it as a whole. Used by one request.</summary>
internal interface IWholeRenderer : IDisposable
{
    /// <summary>When the response ended; set before the response is written. Null when that is not known.</summary>
    DateTimeOffset? EndedAt
    {
        get => null;
        set { }
    }

    /// <summary>Takes one event of the log.</summary>
    void Add(in ResponseEvents.Event entry);

    /// <summary>Forgets what was gathered: the response was started again.</summary>
    void Clear();

    /// <summary>Writes the whole response; does not set headers.</summary>
    void Write(IBufferWriter<byte> output, in ResponseHead head, FinishReason reason, TokenUsage usage);
}
