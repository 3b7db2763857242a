using System.Collections.Immutable;
using FlowGpt.Grains.Interfaces.Accounts;

namespace FlowGpt.ApiFrontend.Admin;

/// <summary>Reads an account, or a change of one, from a body: a field that is not there stays, one that is null goes back to its default.</summary>
internal static class AccountFields
{
    private static readonly string[] Clearable = ["deviceId", "weight", "mode", "limits", "headers"];

    /// <summary>A new account and its name.</summary>
    public static NewAccount ReadNew(AdminFields fields)
    {
        var name = fields.Text("name");
        if (!fields.Has("name"))
        {
            fields.Missing("name");
        }

        if (!fields.Has("bearerToken"))
        {
            fields.Missing("bearerToken");
        }

        return new(name ?? "", Read(fields));
    }

    /// <summary>A change.</summary>
    public static AccountChange ReadChange(AdminFields fields)
    {
        var change = Read(fields);
        return change with { Pool = fields.Text("pool") };
    }

    private static AccountChange Read(AdminFields fields) =>
        new()
        {
            BearerToken = fields.Text("bearerToken"),
            DeviceId = fields.Text("deviceId"),
            Weight = fields.Number("weight"),
            Mode = fields.OneOf<AccountMode>("mode"),
            Limits = ReadLimits(fields.Object("limits")),
            Headers = ReadHeaders(fields.Object("headers")),
            Cleared = [.. Clearable.Where(fields.IsNull)],
        };

    private static ImmutableArray<LimitValue>? ReadLimits(AdminFields? fields) =>
        fields is null ? null : [.. fields.Names().Select(name => new LimitValue(name, fields.Number(name)))];

    private static ImmutableDictionary<string, string>? ReadHeaders(AdminFields? fields) =>
        fields
            ?.Names()
            .Select(name => (name, value: fields.Text(name)))
            .Where(static header => header.value is not null)
            .ToImmutableDictionary(static header => header.name, static header => header.value!, StringComparer.OrdinalIgnoreCase);
}
