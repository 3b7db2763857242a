using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.ApiFrontend.Turns;
using FlowGpt.Grains.Interfaces.Digests;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Interfaces.Turns;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Dialects;

/// <summary>Serves requests that begin a turn, in any dialect.</summary>
internal sealed partial class DialectEndpoint
{
    /// <summary>Names the types of tools that were left out.</summary>
    public const string LeftOutHeader = "X-Tools-Left-Out";

    private readonly ModelCatalogCache _models;
    private readonly TurnGateway _turns;
    private readonly StoredTurns _stored;
    private readonly StreamResponder _streamed;
    private readonly WholeResponder _whole;
    private readonly InFlight _inFlight;
    private readonly TimeProvider _time;
    private readonly FrontendOptions _options;
    private readonly ILogger<DialectEndpoint> _logger;

    public DialectEndpoint(
        ModelCatalogCache models,
        TurnGateway turns,
        StoredTurns stored,
        StreamResponder streamed,
        WholeResponder whole,
        InFlight inFlight,
        TimeProvider time,
        IOptions<FrontendOptions> options,
        ILogger<DialectEndpoint> logger
    )
    {
        _models = models;
        _turns = turns;
        _stored = stored;
        _streamed = streamed;
        _whole = whole;
        _inFlight = inFlight;
        _time = time;
        _options = options.Value;
        _logger = logger;
    }

    public async Task HandleAsync(HttpContext context, IDialect dialect)
    {
        var request = ApiRequest.Of(context);
        var client = ClientIdentity.Of(context);
        using var room = _inFlight.TryEnter(client.KeyId, ClientAddress.NetworkOf(context));
        if (room is null)
        {
            await request.RefuseAsync(GatewayErrors.TooManyInFlight);
            return;
        }

        var headers = TurnHeaders.Read(context.Request);
        var (body, error) = headers.Error is { } badHeader ? (default, badHeader) : await ReadBodyAsync(context, dialect, headers);
        if (error is { } badBody)
        {
            await request.RefuseAsync(badBody);
            return;
        }

        var asked = body.Request!;
        var catalog = await _models.GetWithAsync(asked.Model, context.RequestAborted);
        if (catalog?.Find(asked.Model) is not { } model || !client.MayUse(model.Entry))
        {
            await request.RefuseAsync(catalog is null ? GatewayErrors.Interrupted : GatewayErrors.UnknownModel(asked.Model));
            return;
        }

        request.Model = model.Entry.Id;
        request.Provider = model.Entry.Targets[0].Pool;
        request.Streamed = asked.Stream;
        if (headers.ConversationIdWith(asked.ConversationId, asked.ConversationParam, out var conversationId) is { } badId)
        {
            await request.RefuseAsync(badId);
            return;
        }

        if (
            asked.WrongAlone is { } wrong
            && conversationId is null
            && asked.Storing is not ({ Parent: not null } or { Conversation: not null })
        )
        {
            await request.RefuseAsync(wrong);
            return;
        }

        if (asked.Storing is { InheritsShape: true })
        {
            var (shape, unknown) = await _stored.ShapeAsync(
                asked.Storing.Parent!,
                dialect.ResponseIdPrefix,
                client.KeyId,
                context.RequestAborted
            );
            if (shape is null)
            {
                await request.RefuseAsync(unknown!);
                return;
            }

            asked = dialect.GoOn(asked, shape);
        }

        var keeping = dialect.KeepingOf(asked, model);
        var place = StoredPlace.None;
        var connection = context.Features.Get<ConnectionResponses>();
        if (asked.Storing is { Parent: { } parent } after && connection?.Find(parent) is { } before)
        {
            place = _stored.After(before, after with { Keeping = keeping });
        }
        else if (asked.Storing is { } storing)
        {
            var (found, unknown) = await _stored.PlaceAsync(
                storing with
                {
                    Keeping = keeping,
                },
                dialect.ResponseIdPrefix,
                client.KeyId,
                conversationId,
                headers.IdempotencyKey,
                context.RequestAborted
            );
            if (found is null)
            {
                await request.RefuseAsync(unknown!);
                return;
            }

            place = found;
        }

        if (asked.Storing is { Parent: not null } && place is { Continuation: null, Before.IsEmpty: true } && asked.Content.Input.IsEmpty)
        {
            await request.RefuseAsync(RequestErrors.Missing("input"));
            return;
        }

        var (withItems, missing) = await _stored.FindItemsAsync(asked.Content, asked.Storing, client.KeyId, context.RequestAborted);
        if (missing is not null)
        {
            await request.RefuseAsync(missing);
            return;
        }

        asked = withItems is null ? asked : asked with { Content = withItems };
        if ((withItems is not null || !place.Before.IsEmpty) && ToolOutputs.WithoutCall(place.Before, asked.Content.Input) is { } call)
        {
            await request.RefuseAsync(
                RequestErrors.Invalid(
                    "input",
                    $"an output answers the call '{RequestErrors.Shorten(call)}', which neither the input nor what it goes on from has."
                )
            );
            return;
        }

        NameConversation(context.Response, conversationId);
        var plan = new TurnPlan
        {
            ClientKeyId = client.KeyId,
            Terms = client.Terms,
            Route = model.Entry.Id,
            Content = place.Before.IsEmpty ? asked.Content : asked.Content with { Input = [.. place.Before, .. asked.Content.Input] },
            ConversationId = asked.Storing is null ? conversationId : place.ConversationId,
            Continuation = place.Continuation,
            Keeping = keeping,
            IdempotencyKey = headers.IdempotencyKey,
            Fingerprint = body.Fingerprint,
            Timeout = _options.RequestTimeout,
            MaxTime = _options.TotalTimeout,
            ResponseIdPrefix = dialect.ResponseIdPrefix,
            TraceParent = request.Span?.Id,
        };
        NameLeftOut(request, asked);
        if (connection is not null)
        {
            connection.Context = plan.Content.Input;
            if (connection.GeneratesNothing)
            {
                await WarmUpAsync(request, dialect, asked, model, plan);
                return;
            }
        }

        await RunAsync(request, dialect, asked, model, plan, place);
    }

    private static void NameConversation(HttpResponse response, string? conversation)
    {
        if (conversation is not null)
        {
            response.Headers[TurnHeaders.ConversationIdHeader] = conversation;
        }
    }

    /// <summary>Names the tools that were left out, once it is known who serves: a provider of the client's dialect runs them.</summary>
    private void NameLeftOut(ApiRequest request, DialectRequest asked)
    {
        if (asked.BuiltIn.IsEmpty && asked.LeftOut.IsEmpty)
        {
            return;
        }

        request.Context.Response.OnStarting(() =>
        {
            var isNative = request.Serving?.RunsToolsOf is { } dialect && dialect == asked.Content.Extensions?.Dialect;
            var types = string.Join(", ", asked.LeftOut.Concat(isNative ? [] : asked.BuiltIn).Distinct(StringComparer.Ordinal));
            if (types.Length > 0)
            {
                request.Context.Response.Headers[LeftOutHeader] = HeaderText(types);
                LogLeftOut(request.Id, types);
            }

            return Task.CompletedTask;
        });
    }

    /// <summary>The types as a header may hold them: characters that are not printable ASCII are percent-encoded.</summary>
    private static string HeaderText(string types) =>
        types.AsSpan().ContainsAnyExceptInRange(' ', '~')
            ? Uri.EscapeDataString(types).Replace("%2C%20", ", ", StringComparison.Ordinal)
            : types;

    [LoggerMessage(
        EventId = 1206,
        Level = LogLevel.Information,
        Message = "Request {RequestId} offers tools that nothing here runs; they were left out: {Types}"
    )]
    private partial void LogLeftOut(string requestId, string types);

    private async Task RunAsync(
        ApiRequest request,
        IDialect dialect,
        DialectRequest asked,
        CachedModel model,
        TurnPlan plan,
        StoredPlace place
    )
    {
        var aborted = request.Context.RequestAborted;
        var follower = _turns.Open(plan, aborted);
        var refused = await follower.StartAsync();
        if (refused is not null && _stored.Elsewhere(place, plan.ClientKeyId, refused) is { } elsewhere)
        {
            plan = plan with { ConversationId = elsewhere.ConversationId, Continuation = elsewhere.Continuation };
            follower = _turns.Open(plan, aborted);
            refused = await follower.StartAsync();
        }

        RateLimitHeaders.Set(request.Context.Response.Headers, follower.KeyHeadroom);
        if (refused is not null)
        {
            await request.RefuseAsync(StoredTurns.AsUnknown(refused, asked.Storing));
            return;
        }

        if (asked.AnswersAtOnce)
        {
            request.Note(follower.ResponseId, serving: null, slice: null);
            await WholeResponder.SendAsync(
                request.Context.Response,
                output => dialect.RenderAccepted(output, asked, new ResponseHead(follower.ResponseId, follower.CreatedAt, model))
            );
            return;
        }

        await using var watch = _turns.Watch(follower, plan, aborted);
        await (
            asked.Stream
                ? _streamed.ServeAsync(request, follower, dialect, asked, model)
                : _whole.ServeAsync(request, follower, dialect, asked, model)
        );
    }

    /// <summary>Answers with a response without items, whose context the connection remembers.</summary>
    private async Task WarmUpAsync(ApiRequest request, IDialect dialect, DialectRequest asked, CachedModel model, TurnPlan plan)
    {
        if (await _turns.MintAsync(plan, request.Context.RequestAborted) is not { } id)
        {
            await request.RefuseAsync(GatewayErrors.Interrupted);
            return;
        }

        EventStreams.Begin(request.Context.Response);
        var renderer = dialect.RenderStream(asked, new ResponseHead(id, _time.GetUtcNow(), model));
        renderer.WriteEnd(request.Context.Response.BodyWriter, FinishReason.Stop, default);
        await request.Context.Response.BodyWriter.FlushAsync(request.Context.RequestAborted);
    }

    private ValueTask<(AskedTurn Body, ApiError? Error)> ReadBodyAsync(HttpContext context, IDialect dialect, TurnHeaders headers) =>
        JsonBody.ReadAsync<(IDialect Dialect, TurnHeaders Headers, bool Strict), AskedTurn>(
            context.Request,
            _options.MaxRequestBodyBytes,
            (dialect, headers, _options.RejectUnknownParameters),
            static (in bytes, how, out body) =>
            {
                var error = how.Dialect.Parse(bytes, how.Strict, out var asked);
                var isFoundAgain =
                    how.Headers.IdempotencyKey is not null || how.Headers.ConversationId is not null || asked?.ConversationId is not null;
                body = new AskedTurn(asked, isFoundAgain ? Fingerprint(bytes, how.Headers.IdempotencyKey) : default);
                return error;
            }
        );

    /// <summary>
    /// Identifies a request, where a later request can reach the same grain. The idempotency key is included, so that two equal turns of one stored conversation can be told
    /// apart too; the grain of an unstored turn is already found by that key.
    /// </summary>
    private static Digest Fingerprint(in ReadOnlySequence<byte> body, string? idempotencyKey)
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
        return Digest.Read(digest);
    }

    private readonly record struct AskedTurn(DialectRequest? Request, Digest Fingerprint);
}
