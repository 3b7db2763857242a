using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using Microsoft.Extensions.AI;

namespace FlowGpt.Grains.Upstreams.ChatClient;

/// <summary>
/// Makes any <see cref="IChatClient"/> a pool's upstream. The client is asked to stream; the caller's tools, format and sampling options are passed on, while stop strings and the
/// output limit are left to the gateway, which applies them to every upstream alike. Its own time limits and retries are its own affair.
/// </summary>
public sealed class ChatClientUpstream : IUpstream
{
    private readonly Func<UpstreamCall, IChatClient> _clientOf;
    private readonly ChatClientFailures _failures;

    /// <param name="client">Serves every account; never disposed here.</param>
    /// <param name="classify">Says what an exception of this client means, or null to leave it to the usual rules.</param>
    public ChatClientUpstream(IChatClient client, Func<Exception, UpstreamFailureKind?>? classify = null)
        : this(_ => client, classify) { }

    /// <param name="clientOf">Gives the client for a request, for instance by its credential; asked for each, so it should keep them. Never disposed here.</param>
    /// <param name="classify">Says what an exception of this client means, or null to leave it to the usual rules.</param>
    public ChatClientUpstream(Func<UpstreamCall, IChatClient> clientOf, Func<Exception, UpstreamFailureKind?>? classify = null)
    {
        _clientOf = clientOf;
        _failures = new ChatClientFailures(classify);
    }

    /// <inheritdoc />
    public async Task<IUpstreamReply> OpenAsync(UpstreamCall call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var options = new ChatOptions
        {
            ModelId = call.Target.Model is { Length: > 0 } model ? model : null,
            Temperature = (float?)call.Sampling.Temperature,
            TopP = (float?)call.Sampling.TopP,
            PresencePenalty = (float?)call.Sampling.PresencePenalty,
            FrequencyPenalty = (float?)call.Sampling.FrequencyPenalty,
            Seed = call.Sampling.Seed,
            AllowMultipleToolCalls = call.Sampling.ParallelToolCalls,
            ResponseFormat = FormatOf(call.Turn.Format),
            ToolMode = ModeOf(call.Turn.ToolChoice),
            Tools = call.Turn.Tools.IsEmpty ? null : [.. call.Turn.Tools.Select(AiMessages.ToAi)],
        };
        var reply = new ChatClientReply(_failures, cancellationToken);
        try
        {
            await reply.BeginAsync(cancellation =>
                _clientOf(call)
                    .GetStreamingResponseAsync(AiMessages.ToAi(call.Turn.Instructions, call.Context.AsSpan()), options, cancellation)
            );
            return reply;
        }
        catch
        {
            await reply.DisposeAsync();
            throw;
        }
    }

    private static ChatResponseFormatJson? FormatOf(ResponseFormat? format)
    {
        if (format is not { Schema: { } schema })
        {
            return format is null ? null : ChatResponseFormat.Json;
        }

        using var document = JsonDocument.Parse(schema);
        return ChatResponseFormat.ForJsonSchema(document.RootElement.Clone(), format.Name, format.Description);
    }

    private static ChatToolMode? ModeOf(ToolChoice choice) =>
        choice.Mode switch
        {
            ToolChoiceMode.None => ChatToolMode.None,
            ToolChoiceMode.Required or ToolChoiceMode.AllowedRequired => ChatToolMode.RequireAny,
            ToolChoiceMode.Named => ChatToolMode.RequireSpecific(choice.Names[0]),
            _ => null,
        };
}
