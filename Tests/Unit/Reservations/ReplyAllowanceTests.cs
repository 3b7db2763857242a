using FlowGpt.Grains.Reservations;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Reservations;

public sealed class ReplyAllowanceTests
{
    [Fact]
    public async Task Receive_NothingIsLimited_GoesOn()
    {
        var allowance = new ReplyAllowance(10, 300, new Reservation(0, 0) { LimitsTokens = false });

        Assert.False(allowance.IsLimited);
        Assert.True(await allowance.ReceiveAsync(5000));
    }

    [Fact]
    public async Task Receive_ReservedEnough_AsksNobody()
    {
        var account = new Reservation(2048 + 10, 100_000);
        var allowance = new ReplyAllowance(10, null, account);

        Assert.True(await allowance.ReceiveAsync(1000));

        Assert.Equal(0, account.Asked);
    }

    [Fact]
    public async Task Receive_HalfABlockLeft_AsksAheadWithoutWaiting()
    {
        var account = new Reservation(2048 + 10, 100_000) { Answers = new() };
        var allowance = new ReplyAllowance(10, null, account);

        Assert.True(await allowance.ReceiveAsync(1100));

        Assert.Equal(1, account.Asked);
        Assert.Equal(2048, allowance.Allowed);
        var waiting = allowance.ReceiveAsync(948).AsTask();
        Assert.False(waiting.IsCompleted);
        account.Answers.SetResult();
        Assert.True(await waiting);
        Assert.True(allowance.Allowed > 2048);
    }

    [Fact]
    public async Task Receive_MaximumIsReserved_AsksNobody()
    {
        var account = new Reservation(600, 100_000);
        var allowance = new ReplyAllowance(100, 500, account);

        Assert.True(await allowance.ReceiveAsync(499));
        Assert.Equal(0, account.Asked);

        Assert.True(await allowance.ReceiveAsync(1));
        Assert.Equal(1, account.Asked);
    }

    [Theory]
    [InlineData(100_000, 100_000, 5000, 5000)]
    [InlineData(100_000, 1000, 5000, 900)]
    [InlineData(3000, 100_000, 5000, 2900)]
    [InlineData(100_000, 100_000, 50, 50)]
    public async Task Reserve_BeforeTheCall_IsWhatTheSmallerLimitLeaves(long accountLimit, long keyLimit, long wanted, long expected)
    {
        var account = new Reservation(Math.Min(2148, accountLimit), accountLimit);
        var key = new Reservation(Math.Min(2148, keyLimit), keyLimit);
        var allowance = new ReplyAllowance(100, null, account, key);

        Assert.Equal(expected, await allowance.ReserveAsync(wanted));
        Assert.Equal(wanted <= 2048 ? 0 : 1, account.Asked);
        Assert.True(await allowance.ReceiveAsync(expected - 1));
    }

    [Fact]
    public async Task Reserve_NothingIsLimited_IsNoMaximum() =>
        Assert.Null(await new ReplyAllowance(10, 300, new Reservation(0, 0) { LimitsTokens = false }).ReserveAsync(300));

    [Property(MaxTest = 1000)]
    public bool AnyReply_EndsWithinBothLimits_AndNoSoonerThanItMust(ushort prompt, ushort accountMore, ushort keyMore, byte[] pieces)
    {
        var account = new Reservation(prompt + 64, prompt + 64 + accountMore);
        var key = new Reservation(prompt + 2048, prompt + 2048 + keyMore);
        var allowance = new ReplyAllowance(prompt, null, account, key);
        var largest = 0;
        foreach (var piece in pieces)
        {
            var size = piece * 16;
            largest = Math.Max(largest, size);
            var goesOn = allowance.ReceiveAsync(size).AsTask().GetAwaiter().GetResult();
            var most = Math.Min(account.Limit, key.Limit) - prompt;
            if (!goesOn)
            {
                return allowance.Received >= most && allowance.Received - size < most;
            }

            if (allowance.Received >= most || account.Tokens > account.Limit || key.Tokens > key.Limit)
            {
                return false;
            }
        }

        return allowance.Used <= Math.Min(account.Tokens, key.Tokens);
    }

    private sealed class Reservation(long tokens, long limit) : IGrowingReservation
    {
        public long Limit => limit;

        public int Asked { get; private set; }

        public TaskCompletionSource? Answers { get; set; }

        public bool LimitsTokens { get; init; } = true;

        public long Tokens { get; private set; } = tokens;

        public async ValueTask<long> TryTopUpAsync(long used, long upTo)
        {
            Asked++;
            if (Answers is { } answers)
            {
                await answers.Task;
            }

            return Tokens = Math.Max(Tokens, Math.Min(upTo, limit));
        }
    }
}
