using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>Reads chat completion requests and writes completions.</summary>
internal sealed class ChatWire : IChatWire
{
    public ReadOnlyMemory<byte> NoText => FaultReply.NoText;

    public CompletionRequest? Read(JsonElement body, string? deployment, out ApiError? error) =>
        CompletionReader.Read(body, deployment, out error);

    public IReplyFrames Frames(EventStream events, CompletionCall call, CompletionPlan plan) => new ChunkWriter(events, call, plan);

    public byte[] Whole(CompletionCall call, CompletionPlan plan, ReplyPiece[] pieces) => CompletionBody.Write(call, plan, pieces);
}
