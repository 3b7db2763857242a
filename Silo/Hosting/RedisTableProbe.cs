using System.Text.Json;
using FlowGpt.Grains.Isolation;
using StackExchange.Redis;

namespace FlowGpt.Silo.Hosting;

/// <summary>Reads this silo's row in the table of silos, which Orleans keeps in Redis: a hash of JSON objects by silo address.</summary>
internal sealed class RedisTableProbe(IConnectionMultiplexer redis, string table, ILocalSiloDetails silo) : ITableProbe
{
    private readonly IDatabase _redis = redis.GetDatabase();
    private readonly RedisValue _own = silo.SiloAddress.ToString();

    /// <inheritdoc/>
    public async Task<TableState> Ask() => Read(await _redis.HashGetAsync(table, _own));

    /// <summary>What a row says.</summary>
    public static TableState Read(RedisValue row)
    {
        if (row.IsNullOrEmpty)
        {
            return TableState.Unknown;
        }

        try
        {
            using var entry = JsonDocument.Parse((ReadOnlyMemory<byte>)row);
            return entry.RootElement.TryGetProperty(nameof(MembershipEntry.Status), out var status) ? Read(status) : TableState.Unknown;
        }
        catch (JsonException)
        {
            return TableState.Unknown;
        }
    }

    private static TableState Read(JsonElement status) =>
        status.ValueKind switch
        {
            JsonValueKind.Number when status.TryGetInt32(out var number) => Of((SiloStatus)number),
            JsonValueKind.String when Enum.TryParse<SiloStatus>(status.GetString(), out var named) => Of(named),
            _ => TableState.Unknown,
        };

    private static TableState Of(SiloStatus status) => status == SiloStatus.Dead ? TableState.Dead : TableState.Alive;
}
