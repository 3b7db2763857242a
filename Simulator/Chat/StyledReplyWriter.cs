using System.Buffers;
using System.IO.Pipelines;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Simulator.Chat;

/// <summary>Writes one reply fragment by fragment, with delays, decorations and a fault that comes in the middle.</summary>
internal sealed class StyledReplyWriter(ChatCall call, Reply reply, TimeProvider clock)
{
    private readonly PipeWriter _body = call.Context.Response.BodyWriter;
    private readonly ReplyBehaviour _behaviour = call.Behaviour;
    private readonly CancellationToken _aborted = call.Context.RequestAborted;
    private readonly ArrayBufferWriter<byte>? _split = call.Behaviour.SplitCharacters ? new ArrayBufferWriter<byte>() : null;

    public async Task RunAsync()
    {
        var cursor = new ReplyCursor(reply);
        while (cursor.MoveNext())
        {
            if (cursor.Index > 0 && _behaviour.TokenDelay > TimeSpan.Zero)
            {
                await Task.Delay(_behaviour.TokenDelay, clock, _aborted);
            }

            if (call.Fault.Kind.IsAfter() && cursor.Index >= call.Fault.After)
            {
                await BreakAsync();
                return;
            }

            await WriteAsync(cursor);
        }

        if (call.Fault.Kind.IsAfter())
        {
            await BreakAsync();
            return;
        }

        call.Progress.End = ReplyEnd.Completed;
    }

    private async ValueTask WriteAsync(ReplyCursor cursor)
    {
        WriteNoise(cursor.Index);
        var isLast = cursor.Index + 1 == reply.Fragments;
        var style = _behaviour.Style with { OmitLineEnd = isLast && _behaviour.OmitLastLineEnd };
        var bytes = TextFrame.Write(_split as IBufferWriter<byte> ?? _body, cursor.Current, style);
        if (_split is not null)
        {
            await WriteSplitAsync(_split);
        }

        call.Progress.Sent = call.Progress.Sent.Plus(cursor.Current.Length, bytes);
        if (_behaviour.FlushEachToken)
        {
            await FlushAsync();
        }
    }

    private void WriteNoise(int index)
    {
        if (_behaviour.BlankLines)
        {
            WriteLine([]);
        }

        if (_behaviour.NonTextEvents)
        {
            WriteLine(NoiseLines.NonText(index));
        }

        if (_behaviour.GarbageLines)
        {
            WriteLine(NoiseLines.Garbage(index));
        }
    }

    private void WriteLine(ReadOnlySpan<byte> line)
    {
        _body.Write(line);
        _body.Write(_behaviour.Style.LineEnd);
    }

    private async ValueTask WriteSplitAsync(ArrayBufferWriter<byte> line)
    {
        for (var rest = line.WrittenMemory; rest.Length > 0; )
        {
            var piece = CharacterSplitter.FirstPiece(rest.Span);
            _body.Write(rest.Span[..piece]);
            rest = rest[piece..];
            if (rest.Length > 0)
            {
                await FlushAsync();
            }
        }

        line.ResetWrittenCount();
    }

    // Resetting or closing the connection follows once the request is recorded.
    private async ValueTask BreakAsync()
    {
        call.Progress.End = ReplyEnd.CutByFault;
        if (call.Fault.Kind == FaultKind.CutLineAfter)
        {
            _body.Write(TextFrame.Opening);
            _body.Write("cut"u8);
        }

        if (call.Fault.Kind == FaultKind.ErrorFrameAfter)
        {
            WriteLine("""{"event":"error","data":"Injected fault: error-frame-after"}"""u8);
        }

        await FlushAsync();
        if (call.Fault.Kind == FaultKind.StallAfter)
        {
            await BrokenEnding.StallAsync(call.Context);
        }
    }

    private async ValueTask FlushAsync()
    {
        await _body.FlushAsync(_aborted);
        _aborted.ThrowIfCancellationRequested();
    }
}
