using System.Text;
using System.Text.Json;
using FlowGpt.Grains.Interfaces.Items;
using FlowGpt.Grains.Upstreams.Decorators.Tools;
using FlowGpt.Tests.Kit.ToolCorpus;

namespace FlowGpt.Tests.Unit.Upstreams.Decorators.Tools;

/// <summary>How well replies of weak models are read: 200 replies, written before the reader and by another author.</summary>
public sealed class ToolCorpusTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("weak-model-replies-a.json")]
    [InlineData("weak-model-replies-b.json")]
    public void Replies_BecomeTheIntendedCalls_AndNeverAnother(string file)
    {
        var replies = WeakReply.ReadAll(file);
        var (missed, wrong) = (new List<string>(), new List<string>());
        foreach (var reply in replies)
        {
            var tools = new ToolSet(reply.Tools, ToolChoice.Auto, parallel: true);
            var read = ReadReply.Of(tools, reply.Reply);
            AssertSameHoweverSplit(tools, reply, read);
            (string, string)[] calls = [.. read.Calls.Select(static call => (call.Tool, Normal(call.Arguments)))];
            var isRight =
                calls.SequenceEqual(reply.Calls) && read.Text.Trim() == reply.Text && (reply.Thinking ?? "") == read.Thoughts.Trim();
            if (!isRight)
            {
                missed.Add($"{reply}: {string.Join("; ", calls)} | text: {read.Text.Trim()} | thoughts: {read.Thoughts}");
            }

            if (calls.Except(reply.Calls).Any() || calls.Length > reply.Calls.Length)
            {
                wrong.Add($"{reply}: {string.Join("; ", calls)}");
            }
        }

        output.WriteLine(
            $"{file}: {replies.Length - missed.Count} of {replies.Length} right, {wrong.Count} wrong calls\n{string.Join('\n', missed)}"
        );
        Assert.Empty(wrong);
        Assert.True(missed.Count <= replies.Length * 5 / 100, string.Join('\n', missed));
    }

    private static void AssertSameHoweverSplit(ToolSet tools, WeakReply reply, ReadReply whole)
    {
        foreach (var size in (int[])[1, 2, 3, 7])
        {
            var split = ReadReply.Of(tools, reply.Reply, size);
            Assert.Equal((reply.Id, whole.Text, whole.Thoughts), (reply.Id, split.Text, split.Thoughts));
            Assert.Equal(whole.Calls, split.Calls);
        }
    }

    private static string Normal(string json)
    {
        using var document = JsonDocument.Parse(Encoding.UTF8.GetBytes(json));
        return WeakReply.Normal(document.RootElement);
    }
}
