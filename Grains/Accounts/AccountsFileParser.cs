using System.Collections.Immutable;
using System.Text.Json;
using FlowGpt.Grains.Upstreams.FlowGpt;
using FlowGpt.Grains.Upstreams.Http;

namespace FlowGpt.Grains.Accounts;

/// <summary>
/// Reads the accounts file: <c>{"accounts":[{"name":…,"bearerToken":…,"deviceId":…,"weight":…,"enabled":…,"pool":…,"headers":{…},"limits":{…}}]}</c>.
/// Comments and trailing commas are allowed; unknown and repeated fields are not.
/// </summary>
internal static class AccountsFileParser
{
    private static readonly JsonDocumentOptions Json = new()
    {
        CommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        AllowDuplicateProperties = false,
    };

    /// <summary>Reads a file's content. Problems name the field and what to do, and never hold a token.</summary>
    public static AccountsFileContent Parse(ReadOnlyMemory<byte> utf8)
    {
        utf8 = utf8.Span.StartsWith("\uFEFF"u8) ? utf8[3..] : utf8;
        try
        {
            using var document = JsonDocument.Parse(utf8, Json);
            return Read(document.RootElement);
        }
        catch (JsonException exception)
        {
            return AccountsFileContent.Unreadable(
                $"is not valid JSON near line {exception.LineNumber + 1}; check its commas, quotes and fields"
            );
        }
    }

    private static AccountsFileContent Read(JsonElement root)
    {
        if (
            root.ValueKind != JsonValueKind.Object
            || !root.TryGetProperty("accounts", out var list)
            || list.ValueKind != JsonValueKind.Array
        )
        {
            return AccountsFileContent.Unreadable("must hold an object with a list named accounts");
        }

        var problems = new List<string>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name != "accounts")
            {
                problems.Add($"{property.Name} is not known; the file holds only accounts");
            }
        }

        var accounts = new List<(AccountDefinition, string)>();
        var index = 0;
        foreach (var item in list.EnumerateArray())
        {
            var place = $"accounts[{index++}]";
            if (item.ValueKind != JsonValueKind.Object)
            {
                problems.Add($"{place} is {JsonFields.Kind(item)} but must be an object in braces");
            }
            else if (ReadAccount(new(item, place + ".", problems)) is { } account)
            {
                accounts.Add((account, place));
            }
        }

        problems.AddRange(AccountsProblems.OfDuplicates(accounts));
        return new([.. accounts.Select(account => account.Item1)], [.. problems]);
    }

    private static AccountDefinition? ReadAccount(JsonFields fields)
    {
        var name = Checked(fields, "name", fields.Text("name"), AccountsProblems.OfName);
        var token = fields.Text("bearerToken") is { } pasted ? AccountsProblems.Clean(pasted) : null;
        token = Checked(fields, "bearerToken", token, AccountsProblems.OfToken);
        var device = Checked(fields, "deviceId", fields.OptionalText("deviceId"), AccountsProblems.OfDeviceId);
        var weight = fields.OptionalNumber("weight", AccountsProblems.OfWeight) ?? 1;
        var enabled = fields.OptionalFlag("enabled") ?? true;
        var pool = Checked(fields, "pool", fields.OptionalText("pool"), AccountsProblems.OfPool);
        var headers = ReadHeaders(fields.OptionalObject("headers"));
        var limits = ReadLimits(fields.OptionalObject("limits"));
        fields.Done();
        return name is null || token is null
            ? null
            : AccountDefinitions.Create(name, token) with
            {
                Pool = pool,
                DeviceId = device,
                Weight = weight,
                Enabled = enabled,
                Headers = headers,
                Limits = limits,
            };
    }

    private static string? Checked(JsonFields fields, string name, string? value, Func<string, string?> problemOf)
    {
        if (value is null || problemOf(value) is not { } problem)
        {
            return value;
        }

        fields.Problem(name, problem);
        return null;
    }

    private static ImmutableDictionary<string, string> ReadHeaders(JsonFields? fields)
    {
        var headers = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in fields?.Texts() ?? [])
        {
            if (ExtraHeaderRules.Problem(name, value) is { } problem)
            {
                fields!.Problem(name, problem);
            }
            else
            {
                headers[name] = value;
            }
        }

        return headers.ToImmutable();
    }

    private static AccountLimits ReadLimits(JsonFields? fields)
    {
        if (fields is null)
        {
            return AccountLimits.None;
        }

        var limits = new AccountLimits
        {
            RequestsPerMinute = fields.OptionalNumber("requestsPerMinute", AccountsProblems.OfLimit),
            RequestsPerHour = fields.OptionalNumber("requestsPerHour", AccountsProblems.OfLimit),
            RequestsPerDay = fields.OptionalNumber("requestsPerDay", AccountsProblems.OfLimit),
            TokensPerMinute = fields.OptionalNumber("tokensPerMinute", AccountsProblems.OfLimit),
            TokensPerDay = fields.OptionalNumber("tokensPerDay", AccountsProblems.OfLimit),
            MaxConcurrent = fields.OptionalNumber("maxConcurrent", AccountsProblems.OfLimit),
        };
        fields.Done();
        return limits;
    }
}
