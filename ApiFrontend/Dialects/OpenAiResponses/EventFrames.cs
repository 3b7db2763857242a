using System.Buffers;
using System.Text.Unicode;

namespace FlowGpt.ApiFrontend.Dialects.OpenAiResponses;

/// <summary>Numbers the events of a stream from 0 and writes what all of them have in common.</summary>
/// <param name="skip">How many events the client has: they are counted and not written.</param>
internal sealed class EventFrames(long skip)
{
    private const int LongestHead = 256;

    /// <summary>The number of the next event.</summary>
    public long Next { get; private set; }

    /// <summary>Whether no event was begun yet.</summary>
    public bool IsAtStart => Next == 0;

    /// <summary>Begins an event: what follows are members of the event's object, each with a comma first. False when the client has the event: nothing follows.</summary>
    public bool Begin(IBufferWriter<byte> output, string type)
    {
        var number = Next++;
        if (number < skip)
        {
            return false;
        }

        Utf8.TryWrite(
            output.GetSpan(LongestHead),
            $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":{number}",
            out var length
        );
        output.Advance(length);
        return true;
    }

    /// <summary>Ends an event.</summary>
    public static void End(IBufferWriter<byte> output) => output.Write("}\n\n"u8);
}
