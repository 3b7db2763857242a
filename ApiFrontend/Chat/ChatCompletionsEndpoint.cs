using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using FlowGpt.ApiFrontend.Cluster;
using FlowGpt.ApiFrontend.Conversations;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Usage;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Chat;

/// <summary><c>POST /v1/chat/completions</c>.</summary>
internal sealed class ChatCompletionsEndpoint
{
    private const string ResponseIdPrefix = "chatcmpl-";

    private readonly ClientGate _gate;
    private readonly ModelCatalogCache _models;
    private readonly TurnPlaces _places;
    private readonly TimeProvider _time;
    private readonly ChatStreamResponder _streamed;
    private readonly ChatBufferedResponder _buffered;
    private readonly IUsageWitness _witness;
    private readonly FrontendOptions _options;
    private readonly TurnPatience _patience;
    private readonly ILogger<ChatCompletionsEndpoint> _logger;

    public ChatCompletionsEndpoint(
        ClientGate gate,
        ModelCatalogCache models,
        TurnPlaces places,
        TimeProvider time,
        ChatStreamResponder streamed,
        ChatBufferedResponder buffered,
        IUsageWitness witness,
        ResponseDrain drain,
        SiloLosses losses,
        IOptions<FrontendOptions> options,
        ILogger<ChatCompletionsEndpoint> logger
    )
    {
        _gate = gate;
        _models = models;
        _places = places;
        _time = time;
        _streamed = streamed;
        _buffered = buffered;
        _witness = witness;
        _options = options.Value;
        _patience = new TurnPatience(_options.StartWithin, _options.LostAfter, losses, drain.Leaving);
        _logger = logger;
    }

    public async Task HandleAsync(HttpContext context)
    {
        var request = ApiRequest.Of(context);
        request.Operation = "chat";
        if (await _gate.AdmitAsync(request) is not { } client)
        {
            return;
        }

        var headers = TurnHeaders.Read(context.Request);
        var body = headers.Error is { } badHeader ? new ParsedBody(null, default, badHeader) : await ReadBodyAsync(context, headers);
        if (body.Error is { } badBody)
        {
            await request.RefuseAsync(badBody);
            return;
        }

        var chat = body.Chat!;
        var catalog = await _models.GetAsync(context.RequestAborted);
        if (catalog?.Find(chat.Model) is not { } model || !client.MayUse(model.Entry))
        {
            await request.RefuseAsync(catalog is null ? GatewayErrors.Interrupted : GatewayErrors.UnknownModel(chat.Model, param: null));
            return;
        }

        request.Model = model.Entry.Id;
        request.Provider = model.Entry.Upstream;
        request.Streamed = chat.Stream;
        if (headers.ConversationIdWith(chat.ConversationId, out var conversationId) is { } badId)
        {
            await request.RefuseAsync(badId);
            return;
        }

        var plan = new TurnPlan
        {
            ClientKeyId = client.KeyId,
            Terms = client.Terms,
            Model = model.Entry.Id,
            Messages = chat.Messages,
            Options = chat.Options,
            ConversationId = conversationId,
            IdempotencyKey = headers.IdempotencyKey,
            Fingerprint = body.Fingerprint,
            Timeout = _options.RequestTimeout,
            ResponseIdPrefix = ResponseIdPrefix,
            TraceParent = request.Span?.Id,
        };
        await RunAsync(request, chat, model, plan);
    }

    private async Task RunAsync(ApiRequest request, ChatRequest chat, CachedModel model, TurnPlan plan)
    {
        var aborted = request.Context.RequestAborted;
        var follower = new TurnFollower(_places, _time, plan, _patience, _logger, _witness, aborted);
        var refused = await follower.StartAsync();
        RateLimitHeaders.Set(request.Context.Response.Headers, follower.KeyHeadroom);
        if (refused is not null)
        {
            await request.RefuseAsync(refused);
            return;
        }

        if (plan.ConversationId is { } conversation)
        {
            request.Context.Response.Headers[TurnHeaders.ConversationIdHeader] = conversation;
        }

        await using var watch = new DisconnectWatch(follower, plan.CancelOnDisconnect, _time, aborted);
        await (
            chat.Stream ? _streamed.ServeAsync(request, follower, model, chat.IncludeUsage) : _buffered.ServeAsync(request, follower, model)
        );
    }

    private async ValueTask<ParsedBody> ReadBodyAsync(HttpContext context, TurnHeaders headers)
    {
        if (JsonBody.CheckHead(context.Request, _options.MaxRequestBodyBytes) is { } badHead)
        {
            return new ParsedBody(null, default, badHead);
        }

        var reader = context.Request.BodyReader;
        if (await JsonBody.ReadAsync(reader, _options.MaxRequestBodyBytes, context.RequestAborted) is not { } bytes)
        {
            return new ParsedBody(null, default, GatewayErrors.BodyTooLarge(_options.MaxRequestBodyBytes));
        }

        var error = ChatRequestReader.Read(bytes, _options.RejectUnknownParameters, out var chat);
        var isFoundAgain = headers.IdempotencyKey is not null || headers.ConversationId is not null || chat?.ConversationId is not null;
        var fingerprint = isFoundAgain ? Fingerprint(bytes, headers.IdempotencyKey) : default;
        reader.AdvanceTo(bytes.End);
        return new ParsedBody(chat, fingerprint, error);
    }

    /// <summary>
    /// Tells requests apart, where a later one can meet this one's grain. The idempotency key takes part, so that two equal turns of one stored conversation can be told
    /// apart too; the grain of an unstored turn is already found by that key.
    /// </summary>
    private static UInt128 Fingerprint(in ReadOnlySequence<byte> body, string? idempotencyKey)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in body)
        {
            hash.AppendData(segment.Span);
        }

        if (idempotencyKey is not null)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(idempotencyKey));
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private readonly record struct ParsedBody(ChatRequest? Chat, UInt128 Fingerprint, ApiError? Error);
}
