using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Accounts;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.Grains.Interfaces.Accounts;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>
/// <c>/admin/pools/{pool}/accounts</c>: accounts that the cluster owns, and what may be changed of configured ones. A token goes in and never
/// comes out. What is answered is in force.
/// </summary>
internal sealed class AccountAdminEndpoints(AdminGate gate, AdminPools pools, IGrainFactory grains)
{
    private const int UsualPage = 100;
    private const int LongestPage = 500;

    private IAccountRegistryGrain Registry => grains.GetGrain<IAccountRegistryGrain>(IAccountRegistryGrain.Key);

    public Task ListAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var pool = Route(context, "pool");
                if (await pools.CheckAsync(pool, context.RequestAborted) is { } refused)
                {
                    await request.RefuseAsync(refused);
                    return;
                }

                var parameters = new ListParameters(context.Request.Query);
                var query = new AccountQuery(
                    parameters.Text("search"),
                    parameters.OneOf<AccountState>("state"),
                    parameters.OneOf<AccountSort>("sort") ?? AccountSort.Configured,
                    parameters.IsDescending(),
                    parameters.Number("skip", 0, 0, int.MaxValue),
                    // Without any parameter: all of them, as ever.
                    parameters.Number(
                        "limit",
                        parameters.HasAny("search", "state", "sort", "order", "skip") ? UsualPage : int.MaxValue,
                        1,
                        LongestPage
                    )
                );
                if (parameters.Error is { } error)
                {
                    await request.RefuseAsync(error);
                    return;
                }

                var page = await grains.GetGrain<ITokenPoolGrain>(pool).ListAccounts(query);
                var answer = new AccountList(pool, [.. page.Accounts.Select(PoolAnswers.Of)], page.Hidden, page.Total);
                await AdminAnswer.WriteAsync(request, answer, AdminJson.Default.AccountList);
            }
        );

    public Task GetAsync(HttpContext context) =>
        gate.HandleAsync(context, request => AnswerAsync(request, Route(context, "pool"), Route(context, "name")));

    public Task AddAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (await AdminBody.ReadAsync(request, AccountFields.ReadNew) is not { } account)
                {
                    return;
                }

                var pool = Route(context, "pool");
                var result = await Registry.Add(pool, account.Name, account.Fields);
                await AnswerAsync(request, result, pool, account.Name, StatusCodes.Status201Created);
            }
        );

    public Task ChangeAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (await AdminBody.ReadAsync(request, AccountFields.ReadChange) is { } change)
                {
                    await ChangeAsync(request, change);
                }
            }
        );

    /// <summary>Sets the mode: the body, if any, is not looked at.</summary>
    public Task SetModeAsync(HttpContext context, AccountMode mode) =>
        gate.HandleAsync(context, request => ChangeAsync(request, new() { Mode = mode }));

    public Task RemoveAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var (pool, name) = (Route(context, "pool"), Route(context, "name"));
                var result = await Registry.Remove(pool, name);
                await (
                    result is AccountChangeResult.Done
                        ? AdminAnswer.WriteAsync(request, new(pool, name, Removed: true), AdminJson.Default.AccountRemoved)
                        : RefuseAsync(request, result, pool, name)
                );
            }
        );

    private async Task ChangeAsync(ApiRequest request, AccountChange change)
    {
        var (pool, name) = (Route(request.Context, "pool"), Route(request.Context, "name"));
        await AnswerAsync(request, await Registry.Change(pool, name, change), pool, name, StatusCodes.Status200OK);
    }

    private Task AnswerAsync(ApiRequest request, AccountChangeResult result, string pool, string name, int status) =>
        result is AccountChangeResult.Done done ? AnswerAsync(request, done.Pool, name, status) : RefuseAsync(request, result, pool, name);

    private async Task AnswerAsync(ApiRequest request, string pool, string name, int status = StatusCodes.Status200OK)
    {
        var page = await grains.GetGrain<ITokenPoolGrain>(pool).ListAccounts(AccountQuery.One(name));
        if (page.Accounts.FirstOrDefault(account => account.Name == name) is { } account)
        {
            await AdminAnswer.WriteAsync(request, new(pool, page.Queued, PoolAnswers.Of(account)), AdminJson.Default.AccountAnswer, status);
            return;
        }

        var hidden = page.Hidden.FirstOrDefault(one => one.StartsWith($"{name}: ", StringComparison.Ordinal));
        await request.RefuseAsync(
            hidden is null ? AdminErrors.NoAccount(pool, name) : AdminErrors.Conflict("name", $"The account is not in force. {hidden}.")
        );
    }

    private static Task RefuseAsync(ApiRequest request, AccountChangeResult result, string pool, string name) =>
        request.RefuseAsync(
            result switch
            {
                AccountChangeResult.Conflict conflict => AdminErrors.Conflict(conflict.Field, conflict.Problem),
                AccountChangeResult.Invalid invalid => AdminBody.Invalid([
                    .. invalid.Problems.Select(static one => $"{one.Field} {one.Problem}"),
                ]),
                _ => AdminErrors.NoAccount(pool, name),
            }
        );

    private static string Route(HttpContext context, string name) => (string)context.GetRouteValue(name)!;
}
