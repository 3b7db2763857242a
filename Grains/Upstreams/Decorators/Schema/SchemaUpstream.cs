using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Items;

namespace FlowGpt.Grains.Upstreams.Decorators.Schema;

/// <summary>
/// Gives replies in JSON, or by a JSON schema, to an upstream that knows text alone: writes the form into the prompt, holds the text back, takes the JSON out of the text
/// and checks it. Text in another form is asked for once more, in a side branch that the upstream's conversation does not see.
/// </summary>
/// <param name="inner">The upstream.</param>
/// <param name="failsLoudly">Whether text in another form is an error where the request is not strict; where it is, such text always is an error.</param>
internal sealed class SchemaUpstream(IUpstream inner, bool failsLoudly) : IUpstream
{
    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        var format = call.Turn.Format!;
        var (check, problem) = FormatCheck.Build(format);
        if (check is null)
        {
            throw new UpstreamException(UpstreamFailures.Unfit($"The schema of the reply {problem}.")) { MayHaveBeenSent = false };
        }

        var asked = call with { Turn = SchemaPrompt.Write(call.Turn), Context = WithDemand(call.Context) };
        var setting = new SchemaReplySetting(check, inner, asked, failsLoudly || format.Strict is true);
        return new SchemaReply(await inner.OpenAsync(asked, cancellationToken), setting);
    }

    /// <summary>The context with a reminder after the last message.</summary>
    public static ImmutableArray<Item> WithDemand(ImmutableArray<Item> context) =>
        context is [.., MessageItem { Role: not MessageRole.Assistant } last]
            ? context.SetItem(context.Length - 1, last with { Parts = [.. last.Parts, new TextPart(SchemaPrompt.Demand)] })
            : context;
}
