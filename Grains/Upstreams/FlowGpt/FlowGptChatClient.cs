using System.Buffers;
using System.Runtime.CompilerServices;
using System.Text;
using FlowGpt.Grains.Interfaces.Chat;
using FlowGpt.Grains.Interfaces.Turns;
using FlowGpt.Grains.Interfaces.Models;
using FlowGpt.Grains.Interfaces.Upstreams;
using FlowGpt.Grains.Replies;
using FlowGpt.Grains.Tokens;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using AiMessage = Microsoft.Extensions.AI.ChatMessage;
using ChatMessage = FlowGpt.Grains.Interfaces.Chat.ChatMessage;
using ChatRole = FlowGpt.Grains.Interfaces.Chat.ChatRole;

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
    private readonly Route _model;
    private readonly TimeProvider _time;
    private readonly ChatClientMetadata _metadata;

    /// <param name="options">How the service is called.</param>
    /// <param name="credential">The account.</param>
    /// <param name="model">The persona and upstream model; its pool and descriptions are not used.</param>
    /// <param name="time">The clock; the system's when null.</param>
    /// <exception cref="OptionsValidationException">The options are not valid; every problem is listed.</exception>
    public FlowGptChatClient(FlowGptOptions options, UpstreamCredential credential, Route model, TimeProvider? time = null)
    {
        var valid = new FlowGptOptionsValidator().Validate(null, options);
        if (valid.Failed)
        {
            throw new OptionsValidationException(FlowGptOptions.SectionName, typeof(FlowGptOptions), valid.Failures);
        }

        _time = time ?? TimeProvider.System;
        _upstream = new FlowGptUpstream(new OptionsWrapper<FlowGptOptions>(options), _time);
        _credential = credential;
        _model = model;
        _metadata = new ChatClientMetadata(FlowGptUpstream.Name, new Uri(options.BaseUrl), model.UpstreamModel);
    }

    /// <inheritdoc />
    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<AiMessage> messages,
        ChatOptions? options = null,
        CancellationToken cancellationToken = default
    ) => GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <inheritdoc />
    /// <remarks>
    /// In conversation mode updates carry a conversation id. Given back in <see cref="ChatOptions.ConversationId"/>, it makes the service continue there;
    /// then only the messages after the last one of the assistant are sent, as one turn.
    /// </remarks>
    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<AiMessage> messages,
        ChatOptions? options = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default
    )
    {
        var request = ToRequest(AiMessages.FromAi(messages, options?.Instructions), options);
        var filter = new ReplyFilter(_model.CleanResponsePrefix, request.Options);
        var received = new ArrayBufferWriter<byte>(512);
        var served = new ArrayBufferWriter<byte>(512);
        var yielded = 0;
        var id = $"flowgpt-{Guid.CreateVersion7(_time.GetUtcNow()):N}";
        await using var reply = await _upstream.OpenAsync(request, cancellationToken);
        while (filter.Ended is null && await reply.ReadAsync(received, cancellationToken))
        {
            filter.Append(received.WrittenSpan, served);
            received.ResetWrittenCount();
            if (served.WrittenCount > yielded)
            {
                yield return Update(id, reply, TextSince(served, ref yielded));
            }
        }

        filter.Finish(served);
        if (served.WrittenCount > yielded)
        {
            yield return Update(id, reply, TextSince(served, ref yielded));
        }

        var last = Update(id, reply, new UsageContent(Usage(request.Messages, served.WrittenSpan)));
        last.FinishReason = filter.Ended == FinishReason.Length ? ChatFinishReason.Length : ChatFinishReason.Stop;
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

    private UpstreamRequest ToRequest(List<ChatMessage> messages, ChatOptions? options)
    {
        if (messages.Count == 0)
        {
            throw new ArgumentException("There must be at least one message.", nameof(messages));
        }

        var conversationId = _upstream.KeepsConversations ? options?.ConversationId : null;
        if (conversationId is not null)
        {
            JoinNewTurns(messages);
        }

        var generation = new GenerationOptions(options?.MaxOutputTokens, [.. options?.StopSequences ?? []], options?.Temperature);
        var model = options?.ModelId is { } name && name != _model.Id ? _model with { UpstreamModel = name } : _model;
        return new UpstreamRequest(model, messages, generation, _credential, conversationId);
    }

    // The upstream conversation holds what it was told and what it said: all after the assistant's last message is new.
    private static void JoinNewTurns(List<ChatMessage> messages)
    {
        var start = messages.FindLastIndex(message => message.Role == ChatRole.Assistant) + 1;
        if (messages.Count - start > 1 && messages[start..].TrueForAll(message => message.Role is ChatRole.User or ChatRole.System))
        {
            var joined = string.Join("\n\n", messages[start..].Select(message => message.Content));
            messages.RemoveRange(start, messages.Count - start);
            messages.Add(new ChatMessage(ChatRole.User, joined));
        }
    }

    private ChatResponseUpdate Update(string id, IUpstreamReply reply, AIContent content) =>
        new(Microsoft.Extensions.AI.ChatRole.Assistant, [content])
        {
            ResponseId = id,
            MessageId = id,
            ModelId = _model.Id,
            ConversationId = reply.UpstreamConversationId,
            CreatedAt = _time.GetUtcNow(),
        };

    private static TextContent TextSince(ArrayBufferWriter<byte> served, ref int yielded)
    {
        var text = new TextContent(Encoding.UTF8.GetString(served.WrittenSpan[yielded..]));
        yielded = served.WrittenCount;
        return text;
    }

    private static UsageDetails Usage(IReadOnlyList<ChatMessage> messages, ReadOnlySpan<byte> reply)
    {
        var (input, output) = (Tokens.CountPrompt(messages), Tokens.Count(reply));
        return new UsageDetails
        {
            InputTokenCount = input,
            OutputTokenCount = output,
            TotalTokenCount = input + output,
        };
    }
}
