using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Chat;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.Anthropic;

/// <summary>Reads Messages requests and writes messages.</summary>
internal sealed class MessagesWire : IChatWire
{
    public ReadOnlyMemory<byte> NoText { get; } =
        """
        event: message_start
        data: {"type":"message_start","message":{"id":"msg_0","type":"message","role":"assistant","content":[],"model":"m","stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":1,"output_tokens":0}}}

        event: message_stop
        data: {"type":"message_stop"}


        """u8.ToArray();

    public CompletionRequest? Read(JsonElement body, string? deployment, out ApiError? error) =>
        MessagesReader.Read(body, counts: false, out error);

    public IReplyFrames Frames(EventStream events, CompletionCall call, CompletionPlan plan) => new MessageFrames(events, call, plan);

    public byte[] Whole(CompletionCall call, CompletionPlan plan, ReplyPiece[] pieces) => MessageBody.Write(call, plan, pieces);
}
