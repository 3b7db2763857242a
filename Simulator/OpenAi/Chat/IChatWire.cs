using System.Text.Json;
using FlowGpt.Simulator.OpenAi.Requests;
using FlowGpt.Simulator.OpenAi.Wire;

namespace FlowGpt.Simulator.OpenAi.Chat;

/// <summary>The form in which a face reads requests for chat and writes replies. Everything between is the same for all faces.</summary>
internal interface IChatWire
{
    /// <summary>A stream that is no reply: without any text.</summary>
    ReadOnlyMemory<byte> NoText { get; }

    /// <summary>Reads a request's body; null when something is wrong with it.</summary>
    CompletionRequest? Read(JsonElement body, string? deployment, out ApiError? error);

    /// <summary>A writer of one streamed reply.</summary>
    IReplyFrames Frames(EventStream events, CompletionCall call, CompletionPlan plan);

    /// <summary>Makes the body of a whole reply.</summary>
    byte[] Whole(CompletionCall call, CompletionPlan plan, ReplyPiece[] pieces);
}

/// <summary>Writes one streamed reply as events.</summary>
internal interface IReplyFrames
{
    /// <summary>Writes what comes before everything else.</summary>
    void Begin();

    /// <summary>Writes an event without meaning, as some servers send between others.</summary>
    void Noise();

    /// <summary>Writes one piece.</summary>
    void Write(in ReplyPiece piece);

    /// <summary>Writes the end: why, how much, and the end mark, as far as behaviour lets.</summary>
    void End();

    /// <summary>Writes an error in the place of the rest.</summary>
    void Error(ApiError error);
}
