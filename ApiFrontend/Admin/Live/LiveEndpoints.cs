using System.Globalization;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Live;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.Grains.Interfaces.Feed;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin.Live;

/// <summary><c>/admin/events</c> and <c>/admin/requests</c>.</summary>
internal sealed class LiveEndpoints(AdminGate gate, LiveSampler sampler, ModelCatalogCache models, IGrainFactory grains)
{
    private const int UsualPage = 50;
    private const int LongestPage = 200;

    private static readonly ApiError TooManyListeners = new(
        StatusCodes.Status429TooManyRequests,
        ErrorTypes.Requests,
        "too_many_listeners",
        null,
        $"{LiveSampler.MostListeners} listen here already, the most there can be. Close some, or ask another frontend."
    )
    {
        RetryAfter = TimeSpan.FromSeconds(10),
    };

    private IFeedGrain Feed => grains.GetGrain<IFeedGrain>(IFeedGrain.Key);

    public Task ListenAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (sampler.Listen() is not { } events)
                {
                    await request.RefuseAsync(TooManyListeners);
                    return;
                }

                try
                {
                    await SendAsync(context, events.Reader.ReadAllAsync(context.RequestAborted));
                }
                finally
                {
                    sampler.Leave(events);
                }
            }
        );

    public Task ListAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (ReadQuery(context.Request.Query, out var query) is { } error)
                {
                    await request.RefuseAsync(error);
                    return;
                }

                var page = await Feed.GetRequests(query);
                await AdminAnswer.WriteAsync(
                    request,
                    new RequestList([.. page.Requests.Select(LiveAnswers.Of)], page.Next?.ToString(CultureInfo.InvariantCulture)),
                    AdminJson.Default.RequestList
                );
            }
        );

    public Task GetAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var id = (string)context.GetRouteValue("id")!;
                if ((await Feed.GetRequests(new() { Id = id, Limit = 1 })).Requests is not [var found])
                {
                    await request.RefuseAsync(
                        GatewayErrors.NotFound($"There is no request '{RequestErrors.Shorten(id)}' among the latest.")
                    );
                    return;
                }

                string[] accounts = [.. found.EarlierAccounts ?? [], .. found.Account is { } account ? [account] : Array.Empty<string>()];
                await AdminAnswer.WriteAsync(
                    request,
                    new RequestDetails(LiveAnswers.Of(found), accounts, await DecisionsOfAsync(found, context.RequestAborted)),
                    AdminJson.Default.RequestDetails
                );
            }
        );

    private static async Task SendAsync(HttpContext context, IAsyncEnumerable<byte[]> events)
    {
        var response = context.Response;
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-store";
        // Proxies that gather answers would hold the events back.
        response.Headers["X-Accel-Buffering"] = "no";
        await response.StartAsync(context.RequestAborted);
        await foreach (var text in events)
        {
            await response.BodyWriter.WriteAsync(text, context.RequestAborted);
        }
    }

    private async Task<RequestDecision[]> DecisionsOfAsync(RequestRecord request, CancellationToken cancellationToken)
    {
        if (request.ResponseId is null || await models.GetAsync(cancellationToken) is not { } catalog)
        {
            return [];
        }

        var pools = catalog
            .Models.Where(model => model.Entry.Id == request.Model)
            .SelectMany(static model => model.Entry.Targets)
            .Select(static target => target.Pool)
            .Distinct(StringComparer.Ordinal)
            .ToArray();
        var decisions = await Task.WhenAll(pools.Select(pool => grains.GetGrain<ITokenPoolGrain>(pool).GetDecisions().AsTask()));
        return
        [
            .. pools
                .Zip(decisions)
                .SelectMany(static one => one.Second.Select(decision => (Pool: one.First, Decision: decision)))
                .Where(one => one.Decision.RequestId == request.ResponseId)
                .OrderBy(static one => one.Decision.At)
                .Select(static one => new RequestDecision(one.Pool, PoolAnswers.Of(one.Decision))),
        ];
    }

    private static readonly string[] Outcomes = ["completed", "refused", "failed", "disconnected"];

    private static ApiError? ReadQuery(IQueryCollection query, out RequestQuery read)
    {
        read = new();
        var (limit, before) = (UsualPage, -1L);
        if (
            Text("limit") is { } most
            && !(int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is > 0 and <= LongestPage)
        )
        {
            return RequestErrors.Invalid("limit", $"use a whole number from 1 to {LongestPage}.");
        }

        if (Text("before") is { } position && !long.TryParse(position, NumberStyles.None, CultureInfo.InvariantCulture, out before))
        {
            return RequestErrors.Invalid("before", "use the `next` of an earlier page.");
        }

        if (Text("outcome") is { } outcome && !Outcomes.Contains(outcome))
        {
            return RequestErrors.InvalidValue("outcome", outcome, string.Join(", ", Outcomes.Select(static one => $"'{one}'")));
        }

        read = new()
        {
            Before = before < 0 ? null : before,
            Limit = limit,
            KeyId = Text("key_id"),
            Model = Text("model"),
            Account = Text("account"),
            Outcome = Text("outcome"),
            Error = Text("error"),
        };
        return null;

        string? Text(string name) => query[name].ToString() is { Length: > 0 } text ? text : null;
    }
}
