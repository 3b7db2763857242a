using System.Text.Json.Serialization.Metadata;
using FlowGpt.Simulator.Accounts;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Json;
using FlowGpt.Simulator.Tokens;
using FlowGpt.Simulator.Truth;

namespace FlowGpt.Simulator.Control;

/// <summary><c>/_sim/*</c>: reads the truth and sets behaviour over HTTP. Nothing guards it, so it belongs on a loopback address.</summary>
internal sealed class ControlEndpoints(SimulatorTruth truth)
{
    private const int DefaultTake = 100;

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/_sim/truth", context => AnswerAsync(context, truth.Snapshot(), ControlJson.Default.TruthSnapshot));
        routes.MapPost("/_sim/reset", ResetAsync);
        routes.MapGet("/_sim/behaviour", GetBehaviourAsync);
        routes.MapPost("/_sim/behaviour", SetBehaviourAsync);
        routes.MapPut("/_sim/accounts/{name}", PutAccountAsync);
        routes.MapPost("/_sim/tokens", MintAsync);
        routes.MapGet("/_sim/exchanges", GetExchangesAsync);
        routes.MapGet("/_sim/conversations/{id}", GetConversationAsync);
    }

    private Task ResetAsync(HttpContext context)
    {
        truth.Reset();
        if (context.Request.Query["conversations"] == "true")
        {
            truth.ForgetConversations();
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    private Task GetBehaviourAsync(HttpContext context) =>
        TryScope(context, out var account, out var unknown)
            ? AnswerAsync(context, account is null ? truth.Behaviour() : truth.Behaviour(account), ControlJson.Default.BehaviourSettings)
            : unknown;

    private async Task SetBehaviourAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, ControlJson.Default.BehaviourSettings);
        if (Problems(body, BehaviourRules.Problems) is { Length: > 0 } problems)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, problems);
            return;
        }

        var account = context.Request.Query["account"].ToString();
        if (account.Length == 0)
        {
            truth.SetBehaviour(body.Value!);
        }
        else
        {
            truth.SetBehaviour(account, body.Value!);
        }

        await AnswerAsync(context, body.Value!, ControlJson.Default.BehaviourSettings);
    }

    private async Task PutAccountAsync(HttpContext context)
    {
        var name = (string)context.Request.RouteValues["name"]!;
        var body = await JsonBody.ReadAsync(context, ControlJson.Default.AccountSettings);
        if (Problems(body, LimitRules.Problems) is { Length: > 0 } problems)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, problems);
            return;
        }

        truth.ConfigureAccount(name, body.Value!);
        await AnswerAsync(context, truth.Account(name), ControlJson.Default.AccountTruth);
    }

    private async Task MintAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context, ControlJson.Default.TokenRequest);
        if (Problems(body, TokenProblems) is { Length: > 0 } problems)
        {
            await FailAsync(context, StatusCodes.Status400BadRequest, problems);
            return;
        }

        var name = body.Value!.Account!;
        var token = truth.IssueToken(name, body.Value.Expired ? TimeSpan.FromMinutes(-1) : body.Value.Lifetime);
        var minted = new MintedToken(name, truth.Account(name).Id, FakeToken.DeviceId(name), token, truth.IssueApiKey(name));
        await AnswerAsync(context, minted, ControlJson.Default.MintedToken);
    }

    private Task GetExchangesAsync(HttpContext context)
    {
        var query = context.Request.Query;
        var take = DefaultTake;
        if (query.ContainsKey("take") && (!int.TryParse(query["take"], out take) || take < 1))
        {
            return FailAsync(context, StatusCodes.Status400BadRequest, new FieldProblem("take", "must be a whole number of 1 or more"));
        }

        var found = truth
            .Exchanges()
            .Where(exchange =>
                Matches("account", exchange.Account)
                && Matches("conversation", exchange.ConversationId)
                && exchange.Question.Contains(query["contains"].ToString(), StringComparison.Ordinal)
            )
            .TakeLast(take)
            .Select(ExchangeView.Of);
        return AnswerAsync(context, found.ToArray(), ControlJson.Default.ExchangeViewArray);

        bool Matches(string key, string? value) => !query.ContainsKey(key) || query[key] == value;
    }

    private Task GetConversationAsync(HttpContext context)
    {
        var messages = truth.Conversation((string)context.Request.RouteValues["id"]!);
        return messages is null
            ? FailAsync(context, StatusCodes.Status404NotFound, new FieldProblem("id", "no such conversation is held"))
            : AnswerAsync(
                context,
                messages.Select(message => new MessageView(message.Key, message.Value)).ToArray(),
                ControlJson.Default.MessageViewArray
            );
    }

    private bool TryScope(HttpContext context, out string? account, out Task unknown)
    {
        account = context.Request.Query["account"].ToString() is { Length: > 0 } name ? name : null;
        unknown = Task.CompletedTask;
        if (account is null || truth.Knows(account))
        {
            return true;
        }

        unknown = FailAsync(context, StatusCodes.Status404NotFound, new FieldProblem("account", $"'{account}' is not known"));
        return false;
    }

    private static IEnumerable<(string Field, string Problem)> TokenProblems(TokenRequest request)
    {
        if (string.IsNullOrWhiteSpace(request.Account))
        {
            yield return ("account", "must be a non-empty string");
        }

        if (request.Expired && request.Lifetime is not null)
        {
            yield return ("lifetime", "must be absent when expired is true");
        }
    }

    private static FieldProblem[] Problems<T>(JsonBody<T> body, Func<T, IEnumerable<(string Field, string Problem)>> rules)
        where T : class =>
        body.Value is { } value
            ? [.. rules(value).Select(problem => new FieldProblem(problem.Field, problem.Problem))]
            : [new FieldProblem(body.Field, body.Problem!)];

    private static Task FailAsync(HttpContext context, int status, params FieldProblem[] problems)
    {
        context.Response.StatusCode = status;
        return AnswerAsync(context, new ControlError(problems), ControlJson.Default.ControlError);
    }

    private static Task AnswerAsync<T>(HttpContext context, T body, JsonTypeInfo<T> type) => context.Response.WriteAsJsonAsync(body, type);
}
