using System.Globalization;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.Admin.Contracts.Pools;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>
/// <c>/admin/pools</c>: what each pool knows of its accounts, why it decided as it did, and bringing an account back. Operators' key only.
/// </summary>
internal sealed class PoolAdminEndpoints(AdminGate gate, AdminPools pools, IGrainFactory grains)
{
    private const int MostDecisions = 200;
    private const int UsualDecisions = 50;

    public Task ListAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (await pools.ListAsync(context.RequestAborted) is not { } names)
                {
                    await request.RefuseAsync(GatewayErrors.Interrupted);
                    return;
                }

                var list = new PoolList([.. await Task.WhenAll(names.Select(name => SummaryAsync(name, context.RequestAborted)))]);
                await AdminAnswer.WriteAsync(request, list, AdminJson.Default.PoolList);
            }
        );

    public Task SnapshotAsync(HttpContext context) =>
        HandleAsync(
            context,
            static async (request, _, pool) =>
                await AdminAnswer.WriteAsync(request, PoolAnswers.Of(await pool.GetSnapshot()), AdminJson.Default.Pool)
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
                await AdminAnswer.WriteAsync(
                    request,
                    new DecisionList(name, [.. latest.Select(PoolAnswers.Of)]),
                    AdminJson.Default.DecisionList
                );
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
                    await AdminAnswer.WriteAsync(request, new AccountReset(name, account, Reset: true), AdminJson.Default.AccountReset);
                    return;
                }

                await request.RefuseAsync(AdminErrors.NoAccount(name, account));
            }
        );

    private async Task<PoolSummary> SummaryAsync(string name, CancellationToken cancellationToken) =>
        PoolAnswers.Of(await grains.GetGrain<ITokenPoolGrain>(name).GetSnapshot(), await pools.ModelsOfAsync(name, cancellationToken));

    private Task HandleAsync(HttpContext context, Func<ApiRequest, string, ITokenPoolGrain, Task> answer) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var name = (string)context.GetRouteValue("pool")!;
                if (await pools.CheckAsync(name, context.RequestAborted) is { } refused)
                {
                    await request.RefuseAsync(refused);
                    return;
                }

                await answer(request, name, grains.GetGrain<ITokenPoolGrain>(name));
            }
        );

    private static bool TryReadLimit(string? text, out int limit)
    {
        limit = UsualDecisions;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is > 0 and <= MostDecisions);
    }
}
