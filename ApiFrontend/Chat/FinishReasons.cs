using FlowGpt.Grains.Interfaces.Turns;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary>Finish reasons as the API spells them; SDKs fail on any other value.</summary>
internal static class FinishReasons
{
    public static ReadOnlySpan<byte> ToUtf8(FinishReason reason) => reason == FinishReason.Length ? "length"u8 : "stop"u8;
}
