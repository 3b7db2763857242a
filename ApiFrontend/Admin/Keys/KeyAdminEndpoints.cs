using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.ApiFrontend.Admin.Audit;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary><c>/admin/keys</c>: makes, lists, changes, rotates and revokes client keys. Operators' key only.</summary>
internal sealed class KeyAdminEndpoints
{
    private const int UsualPage = 100;
    private const int LongestPage = 1000;
    private const int LongestGraceSeconds = 30 * 24 * 3600;

    private readonly AdminGate _gate;
    private readonly KeyAdministration _keys;
    private readonly TimeProvider _time;

    public KeyAdminEndpoints(AdminGate gate, KeyAdministration keys, TimeProvider time)
    {
        _gate = gate;
        _keys = keys;
        _time = time;
    }

    public Task CreateAsync(HttpContext context) =>
        HandleAsync(
            context,
            async _ =>
            {
                var settings = new ApiKeySettings();
                if (await KeyBody.ReadAsync(context, body => KeySettingsReader.Read(body, ref settings)) is { } badBody)
                {
                    return badBody;
                }

                if (await _keys.CheckNamesAsync(settings, context.RequestAborted) is { } badName)
                {
                    return badName;
                }

                var (key, secret) = await _keys.CreateAsync(settings);
                if (key is null)
                {
                    return KeyAdminErrors.TooMany;
                }

                context.Response.StatusCode = StatusCodes.Status201Created;
                context.Response.Headers.Location = $"/admin/keys/{key.Id}";
                return await AnswerAsync(context, key, secret);
            }
        );

    public Task ListAsync(HttpContext context) =>
        HandleAsync(
            context,
            async _ =>
            {
                var query = new ListParameters(context.Request.Query);
                var limit = query.Number("limit", UsualPage, 1, LongestPage);
                var newestFirst = query.IsDescending();
                var status = query.Text("status");
                if (status is not (null or "active" or "disabled" or "expired" or "revoked"))
                {
                    return RequestErrors.InvalidValue("status", status, "'active', 'disabled', 'expired' and 'revoked'");
                }

                if (query.Error is { } error)
                {
                    return error;
                }

                var now = _time.GetUtcNow();
                var filter = new KeyFilter(query.Text("search"), query.Text("owner"), status);
                var (keys, next, total) = await _keys.ListAsync(query.Text("after"), limit, newestFirst, filter, now);
                var list = new KeyList([.. keys.Select(key => KeyAnswers.Of(key, now))], next is not null, next, total);
                return await WriteAsync(context, list, AdminJson.Default.KeyList);
            }
        );

    public Task GetAsync(HttpContext context) =>
        HandleAsync(
            context,
            async id =>
            {
                if (await _keys.FindAsync(id) is not { } key)
                {
                    return KeyAdminErrors.Unknown(id);
                }

                var answer = KeyAnswers.Of(key, _time.GetUtcNow()) with
                {
                    StoredBytes = await _keys.StoredBytesOfAsync(key),
                    Use = await _keys.UseOfAsync(key) is { } use ? KeyAnswers.Of(use) : null,
                };
                return await WriteAsync(context, answer, AdminJson.Default.Key);
            }
        );

    public Task UpdateAsync(HttpContext context) =>
        HandleAsync(
            context,
            async id =>
            {
                if (await _keys.FindAsync(id) is not { } key)
                {
                    return KeyAdminErrors.Unknown(id);
                }

                var settings = key.Settings;
                if (await KeyBody.ReadAsync(context, body => KeySettingsReader.Read(body, ref settings)) is { } badBody)
                {
                    return badBody;
                }

                if (TakesAway.IsNeeded(context) && !settings.OnlyTakeAwayFrom(key.Settings))
                {
                    return AdminErrors.NotAudited;
                }

                return await _keys.CheckNamesAsync(settings, context.RequestAborted)
                    ?? await AnswerAsync(context, id, await _keys.UpdateAsync(key, settings));
            }
        );

    public Task RotateAsync(HttpContext context) =>
        HandleAsync(
            context,
            async id =>
            {
                var grace = TimeSpan.Zero;
                if (
                    await KeyBody.ReadAsync(context, body => JsonObject.Read(body, (ref json) => ReadGrace(ref json, ref grace))) is
                    { } badBody
                )
                {
                    return badBody;
                }

                var (change, secret) = await _keys.RotateAsync(id, grace);
                return await AnswerAsync(context, id, change, secret);
            }
        );

    public Task RevokeAsync(HttpContext context) =>
        HandleAsync(context, async id => await AnswerAsync(context, id, await _keys.RevokeAsync(id)));

    private static ApiError? ReadGrace(ref Utf8JsonReader json, ref TimeSpan grace)
    {
        const string Field = "graceSeconds";
        var field = json.GetString()!;
        if (field != Field)
        {
            return RequestErrors.Unknown(RequestErrors.Shorten(field));
        }

        json.Read();
        var error = JsonField.ReadInteger(ref json, Field, 0, LongestGraceSeconds, out var seconds);
        grace = TimeSpan.FromSeconds(seconds ?? 0);
        return error;
    }

    private Task HandleAsync(HttpContext context, Func<string, ValueTask<ApiError?>> answer) =>
        _gate.HandleAsync(
            context,
            async request =>
            {
                if (await answer((string?)context.GetRouteValue("id") ?? "") is { } error)
                {
                    await request.RefuseAsync(error);
                }
            }
        );

    private async ValueTask<ApiError?> AnswerAsync(HttpContext context, string id, ApiKeyChange change, string? secret = null) =>
        KeyAdminErrors.Of(change.Status, id) ?? await AnswerAsync(context, change.Info!, secret);

    private ValueTask<ApiError?> AnswerAsync(HttpContext context, ApiKeyInfo key, string? secret = null) =>
        WriteAsync(context, KeyAnswers.Of(key, _time.GetUtcNow(), secret), AdminJson.Default.Key);

    private static async ValueTask<ApiError?> WriteAsync<T>(HttpContext context, T value, JsonTypeInfo<T> type)
    {
        var response = context.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(response.BodyWriter, value, type, context.RequestAborted);
        return null;
    }
}
