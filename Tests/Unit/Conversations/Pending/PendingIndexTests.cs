using FlowGpt.Grains.Conversations.Pending;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Conversations.Pending;

public sealed class PendingIndexTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>
    /// For any order of turns, checks, their late results, turns that leave and restarts: a conversation leaves only by its latest turn, or by a check that
    /// found no unfinished turn and began after that turn.
    /// </summary>
    [Property(MaxTest = 500)]
    public void Index_OfAnyHistory_KeepsEveryConversationWithATurnSinceItsLook(List<(byte Step, byte Which)> history)
    {
        var index = new PendingIndex([]);
        var expected = new Dictionary<string, int>();
        var looks = new List<(PendingLook Look, int Turns)>();
        var (turns, known, now) = (0, 0, Start);
        foreach (var (step, which) in history)
        {
            now += TimeSpan.FromSeconds(1);
            var conversation = $"c{which % 3}";
            switch (step % 6)
            {
                case 0 or 1:
                    index.Add(conversation, now, Turn(++turns));
                    expected[conversation] = turns;
                    break;
                case 2:
                    looks.AddRange(index.Due(now).Select(look => (look, expected[look.Conversation])));
                    break;
                case 3 when looks.Count > 0:
                    var (late, seen) = looks[which % looks.Count];
                    var isCurrent = expected.TryGetValue(late.Conversation, out var latest) && latest == seen;
                    Assert.True(!index.Remove(late) || isCurrent, $"{late.Conversation} began a turn after the look");
                    if (isCurrent && !Keys(index).Contains(late.Conversation))
                    {
                        expected.Remove(late.Conversation);
                    }

                    break;
                case 4:
                    index = new PendingIndex(index.Snapshot().Stored);
                    known = turns;
                    break;
                case 5 when turns > 0:
                    var left = 1 + (which % turns);
                    index.Leave(conversation, Turn(left));
                    if (left > known && expected.TryGetValue(conversation, out var current) && current == left)
                    {
                        expected.Remove(conversation);
                    }

                    break;
            }

            Assert.Equal(expected.Keys.Order(), Keys(index));
        }
    }

    [Fact]
    public void Due_Conversation_IsOneThatBeganItsLatestTurnLongEnoughAgo()
    {
        var index = new PendingIndex([]);
        index.Add("early", Start);
        index.Add("late", Start.AddSeconds(10));
        index.Add("again", Start);
        index.Add("again", Start.AddSeconds(10));

        Assert.Equal(["early"], index.Due(Start.AddSeconds(9)).Select(static look => look.Conversation));
    }

    [Fact]
    public void Due_AfterARestart_IsEverythingAtOnce() =>
        Assert.Equal(["a", "b"], new PendingIndex(["a", "b"]).Due(Start).Select(static look => look.Conversation).Order());

    [Fact]
    public void Remove_ByALookAtAnEarlierEntry_DoesNothing()
    {
        var index = new PendingIndex([]);
        index.Add("a", Start);
        var (first, second) = (index.Due(Start).Single(), index.Due(Start).Single());
        Assert.True(index.Remove(first));
        index.Add("a", Start.AddSeconds(1));

        Assert.False(index.Remove(second));
        Assert.False(index.Add("a", Start).IsDurable);
    }

    [Fact]
    public void Add_AfterTheLatestTurnHasLeft_NeedsNoWriteUntilTheNextSnapshot()
    {
        var index = new PendingIndex([]);
        index.Add("a", Start, Turn(1)).IsDurable = true;
        index.Leave("a", Turn(1));
        Assert.True(index.HasAnyLeft);
        Assert.Empty(index.Due(Start));

        Assert.True(index.Add("a", Start, Turn(2)).IsDurable);
        Assert.Equal(["a"], Keys(index));
        index.Leave("a", Turn(1));
        Assert.Equal(["a"], Keys(index));
        index.Leave("a", Turn(2));
        Assert.Empty(Keys(index));

        Assert.False(index.Add("a", Start, Turn(3)).IsDurable);
    }

    [Fact]
    public void Leave_OfATurnThatWasOnlyAdded_DoesNothing()
    {
        var index = new PendingIndex([]);
        index.Add("a", Start);

        index.Leave("a", Guid.Empty);

        Assert.Equal(["a"], Keys(index));
    }

    private static Guid Turn(int number) => new(number, 0, 0, new byte[8]);

    private static IEnumerable<string> Keys(PendingIndex index) => index.Snapshot().Stored.Order();
}
