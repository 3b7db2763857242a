using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Tokens;
using FlowGpt.Grains.Upstreams.ChatClient;
using FlowGpt.Grains.Upstreams.Decorators;
using FlowGpt.Grains.Upstreams.Decorators.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;

namespace FlowGpt.Grains.Upstreams.FlowGpt;

/// <summary>
/// FlowGPT as a <see cref="IChatClient"/>, usable without the rest of this product: one account, one model. Takes text and past function calls;
/// honours instructions, temperature, stop sequences, the output limit (in o200k tokens) and the conversation id, and ignores what the
/// service has no notion of (tools, formats, penalties). Failures are <see cref="UpstreamException"/>; nothing is retried. Thread-safe.
/// </summary>
public sealed class FlowGptChatClient : IChatClient
{
    private static readonly TokenCounter Tokens = new();

    private readonly FlowGptUpstream _upstream;
    private readonly UpstreamCredential _credential;
    private readonly Route _route;
    private readonly TimeProvider _time;
    private readonly ChatClientMetadata _metadata;

    /// <param name="options">How the service is called.</param>
    /// <param name="credential">The account.</param>
    /// <param name="route">The prompt and upstream model; its pool and descriptions are not used.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <exception cref="OptionsValidationException">The options are not valid; every problem is listed.</exception>
    public FlowGptChatClient(FlowGptOptions options, UpstreamCredential credential, Route route, TimeProvider? time = null)
    {
        var valid = new FlowGptOptionsValidator().Validate(null, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(FlowGptOptions.SectionName, typeof(FlowGptOptions), valid.Failures);
        }

        _time = time ?? TimeProvider.System;
        _upstream = new FlowGptUpstream(new OptionsWrapper<FlowGptOptions>(options), _time);
        _credential = credential;
        _route = route;
        _metadata = new ChatClientMetadata(FlowGptKind.KindName, new Uri(options.BaseUrl), ModelOf(route.Targets[0]));
    }

    /// <inheritdoc />
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc />
    /// <remarks>
    /// In conversation mode updates carry a conversation id. Given back in <see cref="ChatOptions.ConversationId"/>, it makes the service continue there;
    /// then only the messages after the last one of the assistant are sent, as one turn.
    /// </remarks>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var items = ToolHistory.Rewrite([.. AiMessages.FromAi(messages)], demand: "", ResultCut.None);
        var call = ToCall([.. items], options);
        var upstream = new FilteredUpstream(_upstream, _route.CleanResponsePrefix, call.Sampling.Stop, call.Sampling.MaxOutputTokens);
        var served = new ServedText();
        var id = $"flowgpt-{Guid.CreateVersion7(_time.GetUtcNow()):N}";
        await using var reply = await upstream.OpenAsync(call, cancellationToken);
        for (var more = true; more; )
        {
            more = await reply.ReadAsync(served, cancellationToken);
            if (served.Take() is { Length: > 0 } text)
            {
                yield return Update(id, reply, new TextContent(text));
            }
        }

        var last = Update(id, reply, new UsageContent(Usage(call, served.All)));
        last.FinishReason = reply.FinishReason == FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;
        yield return last;
    }

    /// <inheritdoc />
    public object? GetService(Type serviceType, object? serviceKey = null) =>
        serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    /// <inheritdoc />
    public void Dispose() => _upstream.Dispose();

    private UpstreamCall ToCall(List<Item> items, ChatOptions? options)
    {
        if (items.Count == 0)
        {
            throw new ArgumentException("There must be at least one message.", nameof(items));
        }

        var conversationId = _upstream.KeepsConversations ? options?.ConversationId : null;
        if (conversationId is not null)
        {
            JoinNewTurns(items);
        }

        var sampling = new SamplingOptions
        {
            MaxOutputTokens = options?.MaxOutputTokens,
            Stop = [.. options?.StopSequences ?? []],
            Temperature = options?.Temperature,
        };
        var target = _route.Targets[0];
        if (options?.ModelId is { } name && name != _route.Id)
        {
            target = target with { Options = target.Options.SetItem(FlowGptKind.ModelOption, name) };
        }

        var turn = new TurnRequest
        {
            ResponseId = "",
            ClientKeyId = "",
            Route = _route.Id,
            Input = [.. items],
            Instructions = options?.Instructions,
            Sampling = sampling,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        return new UpstreamCall(target, turn, turn.Input, sampling, _credential, conversationId);
    }

    // The upstream conversation holds what it was told and what it said: all after the assistant's last message is new.
    private static void JoinNewTurns(List<Item> items)
    {
        var start = items.FindLastIndex(static item => item is MessageItem { Role: MessageRole.Assistant }) + 1;
        if (items.Count - start > 1 && items[start..].TrueForAll(static item => item is MessageItem))
        {
            var joined = string.Join("\n\n", items[start..].Select(static item => ((MessageItem)item).Text));
            items.RemoveRange(start, items.Count - start);
            items.Add(MessageItem.Of(MessageRole.User, joined));
        }
    }

    private ChatResponseUpdate Update(string id, IUpstreamReply reply, AIContent content) =>
        new(ChatRole.Assistant, [content])
        {
            ResponseId = id,
            MessageId = id,
            ModelId = _route.Id,
            ConversationId = reply.ConversationId,
            CreatedAt = _time.GetUtcNow(),
        };

    private static string ModelOf(Target target) => target.Options.GetValueOrDefault(FlowGptKind.ModelOption, FlowGptKind.DefaultModel);

    private static UsageDetails Usage(UpstreamCall call, ReadOnlySpan<byte> reply)
    {
        var (input, output) = (Tokens.CountPrompt(call.Turn, call.Context.AsSpan()), Tokens.Count(reply));
        return new UsageDetails
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            TotalTokenCount = input + output,
        };
    }

    /// <summary>A reply's text as it comes.</summary>
    private sealed class ServedText : ITurnEventSink
    {
        private readonly ArrayBufferWriter<byte> _bytes = new(512);
        private int _taken;

        public ReadOnlySpan<byte> All => _bytes.WrittenSpan;

        public void Append(EventKind kind, int item, ReadOnlySpan<byte> payload)
        {
            if (kind == EventKind.TextDelta)
            {
                _bytes.Write(payload);
            }
        }

        public string Take()
        {
            var text = Encoding.UTF8.GetString(_bytes.WrittenSpan[_taken..]);
            _taken = _bytes.WrittenCount;
            return text;
        }
    }
}
