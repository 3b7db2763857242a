using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Reads an account, or a change of one, from a body: a field that is not there stays, a field that is null gets its default again.</summary>
internal static class AccountFields
{
    private static readonly string[] Clearable = ["weight", "mode", "limits", "headers"];

    /// <summary>A new account and its name.</summary>
    public static NewAccount ReadNew(AdminFields fields)
    {
        var name = fields.Text("name");
        if (!fields.Has("name"))
        {
            fields.Missing("name");
        }

        return new(name ?? "", Read(fields));
    }

    /// <summary>A change.</summary>
    public static AccountChange ReadChange(AdminFields fields)
    {
        var pool = fields.Text("pool");
        return Read(fields) with { Pool = pool };
    }

    private static AccountChange Read(AdminFields fields)
    {
        var change = new AccountChange
        {
            Weight = fields.Number("weight"),
            Mode = ReadMode(fields),
            Limits = ReadLimits(fields.Object("limits")),
            Headers = ReadHeaders(fields.Object("headers")),
            Cleared = [.. Clearable.Where(fields.IsNull)],
        };
        return ReadCredential(fields, change);
    }

    /// <summary><c>mode</c>, or <c>enabled</c> as in the accounts file.</summary>
    private static AccountMode? ReadMode(AdminFields fields)
    {
        var mode = fields.OneOf<AccountMode>("mode");
        if (fields.Flag("enabled") is not { } isEnabled)
        {
            return mode;
        }

        if (mode is not null && isEnabled != (mode == AccountMode.Enabled))
        {
            fields.Wrong("enabled", "contradicts mode; give one of the two");
        }

        return mode ?? (isEnabled ? AccountMode.Enabled : AccountMode.Disabled);
    }

    /// <summary>The remaining fields: only the pool's provider kind knows their names, and the registry holds them against the kind.</summary>
    private static AccountChange ReadCredential(AdminFields fields, AccountChange change)
    {
        var values = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var cleared = change.Cleared.ToBuilder();
        foreach (var name in fields.OtherTexts())
        {
            if (fields.IsNull(name))
            {
                cleared.Add(name);
            }
            else
            {
                values[name] = fields.Text(name)!;
            }
        }

        return change with
        {
            Fields = values.ToImmutable(),
            Cleared = cleared.ToImmutable(),
        };
    }

    private static ImmutableArray<LimitValue>? ReadLimits(AdminFields? fields) =>
        fields is null ? null : [.. fields.Names().Select(name => new LimitValue(name, fields.Number(name)))];

    private static ImmutableDictionary<string, string>? ReadHeaders(AdminFields? fields) =>
        fields
            ?.Names()
            .Select(name => (name, value: fields.Text(name)))
            .Where(static header => header.value is not null)
            .ToImmutableDictionary(static header => header.name, static header => header.value!, StringComparer.OrdinalIgnoreCase);
}
