using System.Buffers;
using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.Grains.Replies;

/// <summary>
/// What happens to a reply's text between the upstream and the client: its bold "…Response:" label goes, then the caller's stop strings end it, then
/// the caller's token limit. The result is that of the same rules on the whole text, however it arrives split. Text is held back only while a
/// rule may still need it; with no rule pending a fragment is copied once and nothing is allocated. One reply each; not thread-safe.
/// </summary>
public sealed class ReplyFilter
{
    private readonly ImmutableArray<string> _stops;
    private readonly OutputTokenLimit? _limit;
    private StopSequences? _stop;
    private ResponsePrefixCleaner? _cleaner;

    /// <param name="cleanResponsePrefix">Whether the label is removed (<see cref="Interfaces.Models.Route.CleanResponsePrefix"/>).</param>
    /// <param name="stop">The caller's stop strings; may be empty.</param>
    /// <param name="limit">Most tokens of the text; null for no limit.</param>
    public ReplyFilter(bool cleanResponsePrefix, ImmutableArray<string> stop, int? limit)
    {
        _cleaner = cleanResponsePrefix ? new ResponsePrefixCleaner() : null;
        _stops = stop;
        _stop = stop.IsEmpty ? null : new StopSequences(stop);
        _limit = limit is { } most ? new OutputTokenLimit(most) : null;
    }

    /// <summary>
    /// Why the reply ended here, once it did: a stop string occurred or the token limit was exceeded. The upstream need not be read any further;
    /// what is appended is dropped. Null while the upstream decides.
    /// </summary>
    public FinishReason? Ended { get; private set; }

    /// <summary>
    /// Takes a fragment of the upstream's text, UTF-8 in whole characters, and writes what may be sent to the client, in whole characters.
    /// </summary>
    public void Append(ReadOnlySpan<byte> fragment, IBufferWriter<byte> output)
    {
        if (_cleaner is null)
        {
            AppendCleaned(fragment, output);
            return;
        }

        _cleaner.Push(fragment, out var released, out var rest);
        AppendCleaned(released, output);
        AppendCleaned(rest, output);
        if (_cleaner.IsDone)
        {
            _cleaner = null;
        }
    }

    /// <summary>What is appended from now on is another message's text: the search for stop strings starts again, the token limit counts on, and no label is removed.</summary>
    public void NextMessage() => _stop = _stops.IsEmpty ? null : new StopSequences(_stops);

    /// <summary>The upstream has ended the message: writes what was held back. Nothing may be appended afterwards but the text of a next message.</summary>
    public void Finish(IBufferWriter<byte> output)
    {
        if (_cleaner is not null)
        {
            AppendCleaned(_cleaner.Finish(), output);
            _cleaner = null;
        }

        if (Ended is null && _stop is not null)
        {
            AppendStopped(_stop.Finish(), output);
        }

        if (Ended is null)
        {
            FinishLimit(output);
        }
    }

    private void AppendCleaned(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (text.IsEmpty || Ended is not null)
        {
            return;
        }

        if (_stop is null)
        {
            AppendStopped(text, output);
            return;
        }

        _stop.Push(text, out var released, out var rest);
        AppendStopped(released, output);
        AppendStopped(rest, output);
        if (_stop.Matched && Ended is null)
        {
            FinishLimit(output);
            Ended ??= FinishReason.Stop;
        }
    }

    private void AppendStopped(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        if (_limit is null)
        {
            output.Write(text);
            return;
        }

        _limit.Append(text, output);
        Ended ??= _limit.Reached ? FinishReason.Length : null;
    }

    private void FinishLimit(IBufferWriter<byte> output)
    {
        _limit?.Finish(output);
        Ended ??= _limit is { Reached: true } ? FinishReason.Length : null;
    }
}
