using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FlowGpt.ApiFrontend.Conversations;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Models;
using FlowGpt.ApiFrontend.Security;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>
/// <c>/admin/pools/{pool}</c>: what the pool knows of its accounts, why it decided as it did, and bringing an account back.
/// Operators' key only. A pool exists when a model of the catalog is paid from it.
/// </summary>
internal sealed class PoolAdminEndpoints
{
    private const int MostDecisions = 200;
    private const int UsualDecisions = 50;

    private readonly AdminAuthenticator _authenticator;
    private readonly ModelCatalogCache _models;
    private readonly IGrainFactory _grains;

    public PoolAdminEndpoints(AdminAuthenticator authenticator, ModelCatalogCache models, IGrainFactory grains)
    {
        _authenticator = authenticator;
        _models = models;
        _grains = grains;
    }

    public Task SnapshotAsync(HttpContext context) =>
        HandleAsync(
            context,
            static async (request, _, pool) => await WriteAsync(request, await pool.GetSnapshot(), AdminJson.Default.PoolSnapshot)
        );

    public Task DecisionsAsync(HttpContext context) =>
        HandleAsync(
            context,
            static async (request, name, pool) =>
            {
                if (!TryReadLimit(request.Context.Request.Query["limit"], out var limit))
                {
                    await request.RefuseAsync(RequestErrors.Invalid("limit", $"use a whole number from 1 to {MostDecisions}."));
                    return;
                }

                var decisions = await pool.GetDecisions();
                var latest = decisions.Length > limit ? decisions[..limit] : decisions;
                await WriteAsync(request, new DecisionList(name, latest), AdminJson.Default.DecisionList);
            }
        );

    public Task ResetAsync(HttpContext context) =>
        HandleAsync(
            context,
            static async (request, name, pool) =>
            {
                var account = (string)request.Context.GetRouteValue("name")!;
                if (await pool.ResetAccount(account))
                {
                    await WriteAsync(request, new AccountReset(name, account, Reset: true), AdminJson.Default.AccountReset);
                    return;
                }

                var shown = RequestErrors.Shorten(account);
                await request.RefuseAsync(GatewayErrors.NotFound($"Pool '{name}' has no account '{shown}'."));
            }
        );

    private async Task HandleAsync(HttpContext context, Func<ApiRequest, string, ITokenPoolGrain, Task> answer)
    {
        var request = ApiRequest.Of(context);
        request.Operation = "admin";
        if (await _authenticator.CheckAsync(context) is { } refused)
        {
            await request.RefuseAsync(refused);
            return;
        }

        request.KeyId = "admin";
        if (await _models.GetAsync(context.RequestAborted) is not { } catalog)
        {
            await request.RefuseAsync(GatewayErrors.Interrupted);
            return;
        }

        var name = (string)context.GetRouteValue("pool")!;
        if (!catalog.Pools.Contains(name))
        {
            var pools = string.Join(", ", catalog.Pools.Order(StringComparer.Ordinal));
            await request.RefuseAsync(GatewayErrors.NotFound($"There is no pool '{RequestErrors.Shorten(name)}'. Pools: {pools}."));
            return;
        }

        try
        {
            await answer(request, name, _grains.GetGrain<ITokenPoolGrain>(name));
        }
        catch (Exception exception) when (TransientFailures.Is(exception) && !context.Response.HasStarted)
        {
            await request.RefuseAsync(GatewayErrors.Interrupted);
        }
    }

    private static bool TryReadLimit(string? text, out int limit)
    {
        limit = UsualDecisions;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is > 0 and <= MostDecisions);
    }

    private static async Task WriteAsync<T>(ApiRequest request, T value, JsonTypeInfo<T> type)
    {
        var response = request.Context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(response.BodyWriter, value, type, request.Context.RequestAborted);
    }
}
