using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Chat;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Responses;

/// <summary>Reads requests for responses and writes responses. Nothing is kept: every request has to bring its whole context.</summary>
internal sealed class ResponsesWire : IChatWire
{
    public ReadOnlyMemory<byte> NoText { get; } =
        """
        event: response.created
        data: {"type":"response.created","sequence_number":0,"response":{"id":"resp_0","object":"response","status":"in_progress","output":[]}}

        event: response.completed
        data: {"type":"response.completed","sequence_number":1,"response":{"id":"resp_0","object":"response","status":"completed","output":[]}}


        """u8.ToArray();

    public CompletionRequest? Read(JsonElement body, string? deployment, out ApiError? error) => ResponsesReader.Read(body, out error);

    public IReplyFrames Frames(EventStream events, CompletionCall call, CompletionPlan plan) => new ResponseFrames(events, call, plan);

    public byte[] Whole(CompletionCall call, CompletionPlan plan, ReplyPiece[] pieces)
    {
        var items = new ResponseItems(call, plan);
        foreach (var piece in pieces)
        {
            items.Take(piece);
        }

        return items.Object(isEnd: true);
    }
}
