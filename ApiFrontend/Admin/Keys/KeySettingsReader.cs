using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.ApiFrontend.Errors;
using FlowGpt.ApiFrontend.Json;
using FlowGpt.Grains.Interfaces.Keys;

namespace FlowGpt.ApiFrontend.Admin.Keys;

/// <summary>
/// Reads what an operator sends about a key as a change to what there is: a field that is not there stays, <c>null</c> clears. The error names every
/// field that is wrong and the fix; a field that does not exist is refused, since it is most likely misspelt.
/// </summary>
internal static class KeySettingsReader
{
    private const int LongestText = 200;
    private const int MostNames = 100;
    private const string Fields = "name, owner, expiresAt, allowedModels, allowedPools, limits, maxStoredBytes, enabled";
    private const string LimitFields = "requestsPerMinute, tokensPerMinute, maxConcurrentRequests, tokensPerDay, tokensPerMonth";

    /// <summary>Reads a whole body over <paramref name="settings"/>. Null when all is well.</summary>
    public static ApiError? Read(in ReadOnlySequence<byte> body, ref ApiKeySettings settings)
    {
        var changed = settings;
        var error = JsonObject.Read(body, (ref json) => ReadField(ref json, ref changed));
        settings = changed;
        return error ?? (changed.Name.Length == 0 ? RequestErrors.Missing("name") : null);
    }

    private static ApiError? ReadField(ref Utf8JsonReader json, ref ApiKeySettings settings)
    {
        var field = json.GetString()!;
        json.Read();
        switch (field)
        {
            case "name":
                return ReadName(ref json, ref settings);
            case "owner":
                var error = ReadText(ref json, "owner", out var owner);
                settings = settings with { Owner = owner };
                return error;
            case "expiresAt":
                error = ReadTime(ref json, "expiresAt", out var expires);
                settings = settings with { ExpiresAt = expires };
                return error;
            case "allowedModels":
                error = ReadNames(ref json, "allowedModels", out var models);
                settings = settings with { AllowedModels = models };
                return error;
            case "allowedPools":
                error = ReadNames(ref json, "allowedPools", out var pools);
                settings = settings with { AllowedPools = pools };
                return error;
            case "limits":
                return ReadLimits(ref json, ref settings);
            case "maxStoredBytes":
                error = JsonField.ReadInteger(ref json, "maxStoredBytes", 0, long.MaxValue, out var bytes);
                settings = settings with { MaxStoredBytes = bytes };
                return error;
            case "enabled":
                error = JsonField.ReadBoolean(ref json, "enabled", out var enabled);
                settings = settings with { Enabled = enabled ?? true };
                return error;
            default:
                return UnknownField(field, Fields);
        }
    }

    private static ApiError? ReadName(ref Utf8JsonReader json, ref ApiKeySettings settings)
    {
        if (ReadText(ref json, "name", out var name) is { } error)
        {
            return error;
        }

        settings = settings with { Name = name ?? "" };
        return null;
    }

    private static ApiError? ReadText(ref Utf8JsonReader json, FieldPath path, out string? value)
    {
        if (JsonField.ReadString(ref json, path, out value) is { } error)
        {
            return error;
        }

        value = value?.Trim();
        return value switch
        {
            null => null,
            "" => RequestErrors.Invalid(path.ToString(), "it is empty; give a text, or null for none."),
            { Length: > LongestText } => RequestErrors.StringTooLong(path.ToString(), LongestText, value.Length),
            _ when value.Any(char.IsControl) => RequestErrors.Invalid(
                path.ToString(),
                "it holds control characters; use one line of text."
            ),
            _ => null,
        };
    }

    private static ApiError? ReadTime(ref Utf8JsonReader json, FieldPath path, out DateTimeOffset? value)
    {
        value = null;
        if (JsonField.ReadString(ref json, path, out var text) is { } error)
        {
            return error;
        }

        if (text is null)
        {
            return null;
        }

        if (!json.TryGetDateTimeOffset(out var time) || (!text.EndsWith('Z') && text.LastIndexOfAny(['+', '-']) < "2026-01-01T".Length))
        {
            return RequestErrors.Invalid(path.ToString(), "give a time with its offset, for example 2027-01-31T00:00:00Z.");
        }

        value = time.ToUniversalTime();
        return null;
    }

    private static ApiError? ReadNames(ref Utf8JsonReader json, FieldPath path, out ImmutableArray<string> names)
    {
        names = [];
        if (json.TokenType == JsonTokenType.Null)
        {
            return null;
        }

        if (json.TokenType != JsonTokenType.StartArray)
        {
            return JsonField.WrongType(ref json, path, "an array of strings");
        }

        var read = ImmutableArray.CreateBuilder<string>();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            var at = path.At(read.Count);
            if (JsonField.ReadString(ref json, at, out var name) is { } error)
            {
                return error;
            }

            if (string.IsNullOrWhiteSpace(name))
            {
                return RequestErrors.Invalid(at.ToString(), "it is empty; give a name.");
            }

            if (!read.Contains(name))
            {
                read.Add(name);
            }
        }

        names = read.ToImmutable();
        return names.Length switch
        {
            0 => RequestErrors.Invalid(path.ToString(), "it is empty, so the key could use nothing; give names, or null for all."),
            > MostNames => RequestErrors.ArrayTooLong(path.ToString(), MostNames, names.Length),
            _ => null,
        };
    }

    private static ApiError? ReadLimits(ref Utf8JsonReader json, ref ApiKeySettings settings)
    {
        if (json.TokenType == JsonTokenType.Null)
        {
            settings = settings with { Limits = ApiKeyLimits.None };
            return null;
        }

        if (json.TokenType != JsonTokenType.StartObject)
        {
            return JsonField.WrongType(ref json, "limits", "an object");
        }

        var limits = settings.Limits;
        var error = JsonObject.ReadFields(ref json, (ref limit) => ReadLimit(ref limit, ref limits));
        settings = settings with { Limits = limits };
        return error;
    }

    private static ApiError? ReadLimit(ref Utf8JsonReader json, ref ApiKeyLimits limits)
    {
        const int MostRequests = 1_000_000;
        const long MostTokens = 1_000_000_000_000;
        var field = json.GetString()!;
        json.Read();
        var isCount = field is "requestsPerMinute" or "maxConcurrentRequests";
        if (!isCount && field is not ("tokensPerMinute" or "tokensPerDay" or "tokensPerMonth"))
        {
            return UnknownField($"limits.{field}", LimitFields);
        }

        if (
            JsonField.ReadInteger(ref json, ((FieldPath)"limits").Dot(field), 1, isCount ? MostRequests : MostTokens, out var value) is
            { } error
        )
        {
            return error;
        }

        limits = field switch
        {
            "requestsPerMinute" => limits with { RequestsPerMinute = (int?)value },
            "maxConcurrentRequests" => limits with { MaxConcurrentRequests = (int?)value },
            "tokensPerMinute" => limits with { TokensPerMinute = value },
            "tokensPerDay" => limits with { TokensPerDay = value },
            _ => limits with { TokensPerMonth = value },
        };
        return null;
    }

    private static ApiError UnknownField(string field, string known) =>
        RequestErrors.Invalid(RequestErrors.Shorten(field), $"there is no such field. Fields: {known}.") with
        {
            Code = "unknown_parameter",
        };
}
