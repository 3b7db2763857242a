using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.Admin.Contracts.Members;
using FlowGpt.Admin.Contracts.Usage;
using FlowGpt.ApiFrontend.Admin.Keys;
using FlowGpt.ApiFrontend.Admin.Sessions;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Requests;
using FlowGpt.ApiFrontend.Usage;
using FlowGpt.Grains.Interfaces.Keys;
using FlowGpt.Grains.Interfaces.Usage;
using Microsoft.Extensions.Options;

namespace FlowGpt.ApiFrontend.Admin.Members;

/// <summary><c>/admin/me</c>: the keys of the person who asks, and their usage. Another person's keys cannot be named.</summary>
internal sealed class MemberEndpoints(
    AdminGate gate,
    MemberKeys keys,
    KeyAdministration all,
    UsageReader usage,
    UsageCalendar calendar,
    TimeProvider time,
    IOptions<MemberOptions> options
)
{
    public Task TermsAsync(HttpContext context) =>
        gate.HandleAsync(context, request => AdminAnswer.WriteAsync(request, Terms(options.Value), AdminJson.Default.MemberTerms));

    public Task ListAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var now = time.GetUtcNow();
                var own = await keys.ListAsync(MemberOf(context));
                await AdminAnswer.WriteAsync(
                    request,
                    new KeyList([.. own.Select(key => KeyAnswers.Of(key, now))], HasMore: false, Next: null, own.Length),
                    AdminJson.Default.KeyList
                );
            }
        );

    public Task CreateAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var asked = new ApiKeySettings();
                if (await KeyBody.ReadAsync(context, body => KeySettingsReader.Read(body, ref asked)) is { } badBody)
                {
                    await request.RefuseAsync(badBody);
                    return;
                }

                var (settings, forbidden) = MemberKeyRules.Apply(asked, options.Value, AdminIdentity.Of(context), time.GetUtcNow());
                if ((forbidden ?? await all.CheckNamesAsync(settings!, context.RequestAborted)) is { } refused)
                {
                    await request.RefuseAsync(refused);
                    return;
                }

                await AnswerAsync(request, await keys.CreateAsync(settings!, options.Value.MaxKeys));
            }
        );

    public Task RevokeAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                var id = (string)context.GetRouteValue("id")!;
                if (await keys.RevokeAsync(MemberOf(context), id) is not { } change)
                {
                    await request.RefuseAsync(KeyAdminErrors.Unknown(id));
                }
                else if (KeyAdminErrors.Of(change.Status, id) is { } error)
                {
                    await request.RefuseAsync(error);
                }
                else
                {
                    await AdminAnswer.WriteAsync(request, KeyAnswers.Of(change.Info!, time.GetUtcNow()), AdminJson.Default.Key);
                }
            }
        );

    public Task UsageAsync(HttpContext context) =>
        gate.HandleAsync(
            context,
            async request =>
            {
                if (UsageParameters.Read(context.Request.Query, time.GetUtcNow(), isAdmin: true, calendar, out var question) is { } error)
                {
                    await request.RefuseAsync(error);
                    return;
                }

                if (question!.Grouping.HasFlag(UsageGrouping.Account) || !question.Accounts.IsEmpty)
                {
                    await request.RefuseAsync(RequestErrors.Invalid("group_by", "accounts are the operators'; use model and api_key_id."));
                    return;
                }

                var own = await keys.IdsAsync(MemberOf(context));
                var asked = question.ClientKeyIds.IsEmpty ? own : [.. question.ClientKeyIds.Where(own.Contains)];
                // A query without keys means all keys, so it must not be sent.
                var report = asked.IsEmpty
                    ? new UsageReport([], HasMore: false, NextPage: null, LedgersUnheard: 0)
                    : UsageAnswers.Of(await usage.ReadAsync(question with { ClientKeyIds = asked }), histograms: false, models: null);
                await AdminAnswer.WriteAsync(request, report, AdminJson.Default.UsageReport);
            }
        );

    private async Task AnswerAsync(ApiRequest request, (ApiKeyInfo? Key, string Secret, bool IsClusterFull) made)
    {
        if (made.Key is not { } key)
        {
            await request.RefuseAsync(made.IsClusterFull ? KeyAdminErrors.TooMany : TooMany(options.Value.MaxKeys));
            return;
        }

        await AdminAnswer.WriteAsync(
            request,
            KeyAnswers.Of(key, time.GetUtcNow(), made.Secret),
            AdminJson.Default.Key,
            StatusCodes.Status201Created
        );
    }

    private static MemberTerms Terms(MemberOptions options)
    {
        var models = options.Models();
        return new(
            options.MaxKeys,
            models.Length == 0 ? null : models,
            new()
            {
                RequestsPerMinute = options.RequestsPerMinute,
                TokensPerMinute = options.TokensPerMinute,
                MaxConcurrentRequests = options.MaxConcurrentRequests,
                TokensPerDay = options.TokensPerDay,
                TokensPerMonth = options.TokensPerMonth,
            },
            options.MaxKeyLifetime?.TotalDays
        );
    }

    private static ApiError TooMany(int most) =>
        new(
            StatusCodes.Status409Conflict,
            ErrorTypes.InvalidRequest,
            "too_many_keys",
            null,
            $"You have {most} keys, the most that a person may have. Revoke one first."
        )
        {
            ShouldRetry = false,
        };

    private static string MemberOf(HttpContext context) => AdminIdentity.Of(context).MemberId!;
}
