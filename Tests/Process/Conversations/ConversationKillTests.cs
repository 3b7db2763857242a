using System.Text.Json.Nodes;
using FlowGpt.Tests.Process.Faults;

namespace FlowGpt.Tests.Process.Conversations;

/// <summary>
/// Many conversations continue while their silo is killed repeatedly: every turn that was acknowledged is there once, in its order, and a turn that was not acknowledged is
/// there once or not at all.
/// </summary>
[Trait("Category", "Process")]
public sealed class ConversationKillTests
{
    private static readonly (int Conversations, int Turns, int Kills) Size = (
        FaultSettings.Conversations[0],
        FaultSettings.Conversations[1],
        FaultSettings.Conversations[2]
    );

    [Fact]
    public async Task Turns_UnderKills_AreEachKeptOnceInTheirOrder()
    {
        await using var silo = await KeptSilo.StartAsync();
        using var done = new CancellationTokenSource();
        var turns = new SemaphoreSlim(0);
        var work = Enumerable.Range(0, Size.Conversations).Select(i => TalkAsync(silo, i, turns)).ToArray();
        var all = Task.WhenAll(work);
        var between = Math.Max(1, Size.Conversations * Size.Turns / (Size.Kills + 1));
        var kills = 0;
        for (; kills < Size.Kills && !all.IsCompleted; kills++)
        {
            for (var turn = 0; turn < between && !all.IsCompleted; turn++)
            {
                await Task.WhenAny(turns.WaitAsync(), all);
            }

            await silo.KillAndRestartAsync();
        }

        foreach (var (id, acknowledged) in await all)
        {
            Assert.Equal(2 * Size.Turns, acknowledged.Count);
            var items = await ItemsAsync(silo, id);
            Assert.Equal(acknowledged, items.Where(acknowledged.Contains));
            Assert.Equal(items.Distinct(), items);
        }

        Assert.Equal(Size.Kills, kills);
    }

    /// <summary>One conversation, a turn after the other; a turn that fails is sent again under another number.</summary>
    /// <returns>The conversation and the texts of the turns that were acknowledged, in their order.</returns>
    private static async Task<(string Id, List<string> Acknowledged)> TalkAsync(KeptSilo silo, int number, SemaphoreSlim turns)
    {
        var id = (string)JsonNode.Parse(await UntilServedAsync("/v1/conversations", static _ => []))!["id"]!;
        var acknowledged = new List<string>();
        var attempt = 0;
        for (var turn = 0; turn < Size.Turns; turn++)
        {
            var sent = "";
            await UntilServedAsync(
                "/v1/responses",
                _ => new JsonObject
                {
                    ["model"] = "flowgpt-free",
                    ["conversation"] = id,
                    ["input"] = $"Say exactly: {sent = $"c{number}t{turn}a{attempt++}"}",
                }
            );
            acknowledged.Add($"Say exactly: {sent}");
            acknowledged.Add(sent);
            turns.Release();
        }

        return (id, acknowledged);

        async Task<string> UntilServedAsync(string path, Func<int, JsonObject> body)
        {
            var started = TimeProvider.System.GetTimestamp();
            for (var i = 0; ; i++)
            {
                try
                {
                    var (status, text) = await silo.PostAsync(path, body(i));
                    if (status == 200 && !text.Contains("\"status\":\"incomplete\"", StringComparison.Ordinal))
                    {
                        return text;
                    }
                }
                catch (Exception broken) when (broken is HttpRequestException or IOException)
                {
                    // The silo is being killed.
                }

                Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromMinutes(2), $"{path} is not served any more.");
                // A conversation is locked until its lost turn has ended.
                await silo.IsUp;
            }
        }
    }

    private static async Task<List<string>> ItemsAsync(KeptSilo silo, string id)
    {
        var texts = new List<string>();
        for (var after = ""; ; )
        {
            var page = JsonNode.Parse(
                await silo.Http.GetStringAsync(new Uri($"/v1/conversations/{id}/items?order=asc&limit=100{after}", UriKind.Relative))
            )!;
            texts.AddRange(page["data"]!.AsArray().Select(static item => (string)item!["content"]![0]!["text"]!));
            if (!(bool)page["has_more"]!)
            {
                return texts;
            }

            after = $"&after={page["last_id"]}";
        }
    }
}
