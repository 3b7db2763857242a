using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using FlowGpt.Admin.Contracts;
using FlowGpt.Admin.Contracts.Keys;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Http;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Keys;
using Microsoft.Extensions.Options;

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
    private readonly int _longestBody;

    public KeyAdminEndpoints(AdminGate gate, KeyAdministration keys, TimeProvider time, IOptions<FrontendOptions> options)
    {
        _gate = gate;
        _keys = keys;
        _time = time;
        _longestBody = options.Value.MaxRequestBodyBytes;
    }

    public Task CreateAsync(HttpContext context) =>
        HandleAsync(
            context,
            async _ =>
            {
                var settings = new ApiKeySettings();
                if (await ReadAsync(context, body => KeySettingsReader.Read(body, ref settings)) is { } badBody)
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
                var query = context.Request.Query;
                if (!TryReadLimit(query["limit"], out var limit))
                {
                    return RequestErrors.Invalid("limit", $"use a whole number from 1 to {LongestPage}.");
                }

                var (keys, next) = await _keys.ListAsync(query["after"], limit);
                var now = _time.GetUtcNow();
                var list = new KeyList([.. keys.Select(key => KeyAnswers.Of(key, now))], next is not null, next);
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
                if (await ReadAsync(context, body => KeySettingsReader.Read(body, ref settings)) is { } badBody)
                {
                    return badBody;
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
                if (await ReadAsync(context, body => JsonObject.Read(body, (ref json) => ReadGrace(ref json, ref grace))) is { } badBody)
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

    private static bool TryReadLimit(string? text, out int limit)
    {
        limit = UsualPage;
        return text is null
            || (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out limit) && limit is > 0 and <= LongestPage);
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

    private async ValueTask<ApiError?> ReadAsync(HttpContext context, Func<ReadOnlySequence<byte>, ApiError?> read)
    {
        if (JsonBody.CheckHead(context.Request, _longestBody) is { } badHead)
        {
            return badHead;
        }

        var reader = context.Request.BodyReader;
        if (await JsonBody.ReadAsync(reader, _longestBody, context.RequestAborted) is not { } bytes)
        {
            return GatewayErrors.BodyTooLarge(_longestBody);
        }

        var error = read(bytes);
        reader.AdvanceTo(bytes.End);
        return error;
    }

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
