using System.Security.Cryptography;
using FlowGpt.Grains.Tokens;

namespace FlowGpt.Grains.Upstreams.Decorators.Tools;

/// <summary>
/// Gives tools to an upstream that knows text alone: writes them into the prompt and reads the calls out of the reply. A block that is no call is asked for once more,
/// in a side branch that the upstream's conversation does not see.
/// </summary>
/// <param name="inner">The upstream.</param>
/// <param name="window">Most tokens of context and reply; null when unknown.</param>
/// <param name="counter">Counts tokens.</param>
/// <param name="failsLoudly">Whether a call that cannot be read ends the reply with an error, and not with text.</param>
internal sealed class ToolUpstream(IUpstream inner, int? window, TokenCounter counter, bool failsLoudly) : IUpstream
{
    private const string IdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int IdLength = 24;

    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        var tools = ToolSet.Of(call.Turn);
        var prompt = ToolPrompt.Fit(call.Turn, call.Context, tools, window, counter);
        var asText = call with { Turn = prompt.Turn, Context = prompt.Context };
        return new ToolReply(await inner.OpenAsync(asText, cancellationToken), tools, new ToolRepair(inner, asText, tools), failsLoudly);
    }

    /// <summary>An id for a call, unique among all calls.</summary>
    public static string NewCallId() => $"call_{RandomNumberGenerator.GetString(IdCharacters, IdLength)}";
}
