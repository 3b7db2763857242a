using System.Text;
using FlowGpt.Simulator.Behaviour;
using FlowGpt.Simulator.Replies;

namespace FlowGpt.Tests.Unit.Simulator.Chat;

public sealed class FrameStyleTests
{
    private const string Opening = "{\"event\":\"text\",\"data\":\"";

    [Theory]
    [InlineData("cr", $"{Opening}Echo:\"}}\r\n{Opening} é\"}}\r\n")]
    [InlineData("blank", $"\n{Opening}Echo:\"}}\n\n{Opening} é\"}}\n")]
    [InlineData("blank cr", $"\r\n{Opening}Echo:\"}}\r\n\r\n{Opening} é\"}}\r\n")]
    [InlineData("escape", $"{Opening}Echo:\"}}\n{Opening} \\u00e9\"}}\n")]
    [InlineData("no-last-line-end", $"{Opening}Echo:\"}}\n{Opening} é\"}}")]
    [InlineData("flush", $"{Opening}Echo:\"}}\n{Opening} é\"}}\n")]
    [InlineData("split", $"{Opening}Echo:\"}}\n{Opening} é\"}}\n")]
    [InlineData("chars=4", $"{Opening}Echo\"}}\n{Opening}: é\"}}\n")]
    [InlineData("events", $"{{\"event\":\"ping\"}}\n{Opening}Echo:\"}}\n{{\"event\":\"text\",\"data\":null}}\n{Opening} é\"}}\n")]
    [InlineData("garbage", $"GARBAGE\n{Opening}Echo:\"}}\n{Opening}GARBAGE\n{Opening} é\"}}\n")]
    public async Task Style_Named_GivesExactlyTheseBytes(string setting, string frames)
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", $"é [[sim: {setting}]]");

        Assert.Equal(frames, Encoding.UTF8.GetString(await response.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline)));
    }

    [Theory]
    [InlineData("events garbage blank cr tokens=40")]
    [InlineData("split tokens=40 escape")]
    [InlineData("separators split tokens=40")]
    [InlineData("prefix=spaced chars=1")]
    public async Task Style_Any_LeavesTheTextAsTheTruthHasIt(string settings)
    {
        await using var client = await SimulatorClient.StartAsync();
        const string Question = "tabs\tquotes\" back\\slash 🚀🚀 東京\u2028\u0085 \u0001 end";

        var text = await client.TextAsync("a1", $"{Question} [[sim: {settings}]]");

        Assert.Equal(client.Host.Truth.FindExchange("end")!.Text, text);
        Assert.Contains(Question, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Separators_Set_StandRawInTheBytes()
    {
        await using var client = await SimulatorClient.StartAsync();

        using var response = await client.AskAsync("a1", "hi [[sim: separators]]");
        var body = await response.Content.ReadAsByteArrayAsync(SimulatorClient.Deadline);

        foreach (var separator in new[] { "\u2028", "\u2029", "\u0085" })
        {
            Assert.True(body.AsSpan().IndexOf(Encoding.UTF8.GetBytes(separator)) > 0);
        }

        Assert.Equal("a\u2028b\u2029c\u0085d Echo: hi", SimulatorClient.TextOf(body));
    }

    [Fact]
    public void FirstPiece_MultiByteCharacters_AreNeverWholeInAPiece()
    {
        var text = Encoding.UTF8.GetBytes("aé東🚀z");
        var pieces = new List<byte[]>();
        for (var rest = text.AsSpan(); rest.Length > 0; rest = rest[pieces[^1].Length..])
        {
            pieces.Add(rest[..CharacterSplitter.FirstPiece(rest)].ToArray());
        }

        Assert.Equal(text, pieces.SelectMany(piece => piece));
        Assert.All(
            pieces,
            piece => Assert.DoesNotContain(new UTF8Encoding().GetString(piece), character => character > '~' && character != '\uFFFD')
        );
        Assert.Equal(7, pieces.Count);
    }

    [Theory]
    [InlineData("none", "")]
    [InlineData("label", "**GPT-4 Response:** ")]
    [InlineData("bare", "**Response:** ")]
    [InlineData("tight", "**Response:**")]
    [InlineData("spaced", "\n  **Claude Response:**\n\n")]
    [InlineData("lookalike", "**Important note:** ")]
    [InlineData("\"text:**My own Response:** \"", "**My own Response:** ")]
    public async Task Prefix_Named_StartsTheReply(string prefix, string text)
    {
        await using var client = await SimulatorClient.StartAsync();

        Assert.Equal(text + "Echo: hi", await client.TextAsync("a1", $"hi [[sim: prefix={prefix}]]"));
    }

    [Fact]
    public async Task ErrorShape_OfTheAccount_AlsoShapesRefusals()
    {
        await using var client = await SimulatorClient.StartAsync();
        client.Host.Truth.SetBehaviour("a1", new BehaviourSettings { ErrorShape = ErrorShape.Error });

        using var response = await client.SendAsync("a1", new { question = 5 });

        Assert.Equal("""{"error":"question has the wrong type"}""", await response.Content.ReadAsStringAsync(SimulatorClient.Deadline));
    }
}
