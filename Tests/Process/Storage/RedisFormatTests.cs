using FlowGpt.ApiFrontend.Configuration;
using FlowGpt.Silo.Storage;
using FlowGpt.Tests.Cluster.Storage;
using StackExchange.Redis;

namespace FlowGpt.Tests.Process.Storage;

/// <summary>A Redis with records of another form is refused in one line and stays as it is.</summary>
[Trait("Category", "Process")]
public sealed class RedisFormatTests
{
    private const string Service = "service";

    [Fact]
    public async Task Check_RecordsOfAnotherForm_AreRefusedAndLeftAsTheyAre()
    {
        using var directory = new TemporaryDirectory();
        await using var redis = await RedisProcess.StartAsync(directory.Path);
        await using var connection = await ConnectionMultiplexer.ConnectAsync(redis.Connection);
        var database = connection.GetDatabase();

        // Records without a note of their form are the first edition's.
        await database.StringSetAsync($"{Service}/state/token-pool/flowgpt/pool", "{}");
        await AssertRefusedAsync("form 1");
        Assert.False(await database.KeyExistsAsync($"{Service}/format"));

        await database.StringSetAsync($"{Service}/format", "99");
        await AssertRefusedAsync("form 99");
        Assert.Equal("99", await database.StringGetAsync($"{Service}/format"));

        // Another service in the same Redis has its own form, which is noted at its first start and accepted afterwards.
        await RedisFormat.CheckAsync(connection, "other");
        await database.StringSetAsync("other/state/a", "{}");
        await RedisFormat.CheckAsync(connection, "other");
        Assert.Equal("{}", await database.StringGetAsync($"{Service}/state/token-pool/flowgpt/pool"));

        async Task AssertRefusedAsync(string form)
        {
            var refused = await Assert.ThrowsAsync<StartupException>(() => RedisFormat.CheckAsync(connection, Service));
            Assert.Contains(form, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain('\n', refused.Message);
        }
    }
}
