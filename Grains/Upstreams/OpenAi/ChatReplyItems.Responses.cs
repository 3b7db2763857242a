using System.Buffers;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.OpenAi;

/// <summary>What only the Responses protocol tells: the ends of items, sealed reasoning, and items of the provider's own tools.</summary>
internal sealed partial class ChatReplyItems
{
    /// <summary>Ends the message or the reasoning that is open.</summary>
    public void EndOpen()
    {
        EndReasoning();
        EndMessage();
    }

    /// <summary>The sealed form of the reasoning that is open; reasoning begins where none is.</summary>
    public void SealReasoning(string text)
    {
        if (_reasoning == None)
        {
            EndMessage();
            _reasoning = Start(EventKind.ReasoningStarted, []);
        }

        Give(EventKind.ReasoningSealed, _reasoning, Encoding.UTF8.GetBytes(text));
    }

    /// <summary>An item that only the Responses protocol knows, whole.</summary>
    public void Opaque(string json)
    {
        EndOpen();
        var payload = new ArrayBufferWriter<byte>(json.Length + 64);
        new OpaqueEvent(DialectNames.OpenAiResponses, json).Write(payload);
        Start(EventKind.OpaqueItem, payload.WrittenSpan);
    }
}
