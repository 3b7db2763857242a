using System.Text.Json;
using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Grains.Pools;
using FlowGpt.Grains.Pools.Pages;
using FlowGpt.Tests.Unit.Pools.World;
using FsCheck.Xunit;

namespace FlowGpt.Tests.Unit.Pools;

public sealed class LargePoolTests
{
    private static readonly AccountLimits Limits = new()
    {
        RequestsPerMinute = 20,
        RequestsPerDay = 500,
        TokensPerDay = 200_000,
        MaxConcurrent = 2,
    };

    [Theory]
    [InlineData(500)]
    [InlineData(5_000)]
    public void ColdAccounts_FewRecordsARequest(int count)
    {
        const int requests = 4_000;
        var now = PoolWorld.Start;
        var store = new Dictionary<string, PoolPage>();
        var pages = new PoolPages("run");
        var pool = Open(new(), count, now);
        var records = Write(pool, pages, store, now).Records;

        for (var i = 0; i < requests; i++)
        {
            now += TimeSpan.FromMilliseconds(3);
            var lease = Grant(pool, pages, store, ref records, now);
            pool.Settle(new(lease.Id, true, 300, null, TimeSpan.Zero, lease.Account), now);
            records += Write(pool, pages, store, now).Records;
        }

        Assert.True(records <= requests * 0.05, $"{records} records for {requests} requests.");
    }

    [Fact]
    public void Crash_UseOfColdAccounts_IsCounted()
    {
        var now = PoolWorld.Start;
        var store = new Dictionary<string, PoolPage>();
        var pages = new PoolPages("run");
        var pool = Open(new(), 300, now);
        var records = 0;
        var head = Write(pool, pages, store, now).Head;
        var used = new Dictionary<string, int>();
        for (var i = 0; i < 250; i++)
        {
            var lease = Grant(pool, pages, store, ref records, now);
            head = _head ?? head;
            used[lease.Account] = used.GetValueOrDefault(lease.Account) + 1;
        }

        var stored = JsonSerializer.Deserialize<PoolRecord>(JsonSerializer.Serialize(head))!;
        var again = Open(new PoolPages("other").Join(stored, [.. stored.Pages.Select(page => store[page])]), 300, now);

        Assert.Equal(250, used.Count);
        Assert.All(
            again.Snapshot(now).Accounts,
            account => Assert.True(account.Windows[0].Used >= used.GetValueOrDefault(account.Name), account.Name)
        );
    }

    [Fact]
    public void OrderlyStop_CountsExactly()
    {
        var now = PoolWorld.Start;
        var store = new Dictionary<string, PoolPage>();
        var pages = new PoolPages("run");
        var pool = Open(new(), 300, now);
        var records = 0;
        for (var i = 0; i < 100; i++)
        {
            var lease = Grant(pool, pages, store, ref records, now);
            pool.Settle(new(lease.Id, true, 300, null, TimeSpan.Zero, lease.Account), now);
        }

        var again = Open(pool.Close(now)!, 300, now);

        Assert.Equal(100, again.Snapshot(now).Accounts.Sum(account => account.Windows[0].Used));
        Assert.Equal(30_000, again.Snapshot(now).Accounts.Sum(account => account.Windows[^1].Used));
    }

    [Property(MaxTest = 10)]
    public void Pages_HoldWhatWasWritten_AndAreFew(int seed)
    {
        var random = new Random(seed);
        var store = new Dictionary<string, PoolPage>();
        var pages = new PoolPages("run");
        var accounts = Enumerable.Range(0, 1 + random.Next(2_000)).ToDictionary(number => $"a{number}", number => Record(number, 0));
        var head = new PoolRecord();
        for (var write = 1; write < 30; write++)
        {
            foreach (var name in accounts.Keys.Where(_ => random.Next(10) == 0).ToArray())
            {
                accounts[name] = accounts[name] with { Sequence = write };
            }

            if (random.Next(20) == 0)
            {
                accounts = accounts.Where(_ => random.Next(3) > 0).ToDictionary();
            }

            for (var added = random.Next(8) == 0 ? random.Next(100) : 0; added > 0; added--)
            {
                var number = 2_000 + random.Next(2_000);
                accounts[$"a{number}"] = Record(number, write);
            }

            if (random.Next(10) == 0)
            {
                accounts = accounts.OrderBy(_ => random.Next()).ToDictionary();
            }

            var plan = pages.Plan(new PoolRecord { Accounts = [.. accounts.Values], Sequence = write });
            pages.Begun(plan);
            if (random.Next(8) > 0)
            {
                head = Apply(plan, pages, store);
            }
            else
            {
                // The pages were written, the record was not.
                foreach (var (id, page) in plan.Added)
                {
                    store.Add(id, page);
                }

                continue;
            }

            var joined = new PoolPages("other").Join(head, [.. head.Pages.Select(page => store[page])]);
            Assert.Equal(
                accounts.Values.OrderBy(one => one.Name, StringComparer.Ordinal),
                joined.Accounts.OrderBy(one => one.Name, StringComparer.Ordinal)
            );
            Assert.All(
                plan.Added,
                one => Assert.True(JsonSerializer.SerializeToUtf8Bytes(one.Page).Length < 1024 * 1024, "A page is larger than 1 MiB.")
            );
            Assert.True(JsonSerializer.SerializeToUtf8Bytes(head).Length < 1024 * 1024, "The head is larger than 1 MiB.");
            Assert.True(head.Pages.Length <= 64, $"{head.Pages.Length} pages for {accounts.Count} accounts.");
        }
    }

    private PoolRecord? _head;

    private Lease Grant(TokenPool pool, PoolPages pages, Dictionary<string, PoolPage> store, ref int records, DateTimeOffset now)
    {
        var request = new AcquireRequest($"r{Guid.CreateVersion7()}", "k", "m", null, [], 200, 100, TimeSpan.FromSeconds(5), "silo");
        var result = pool.Acquire(request, now);
        records += Write(pool, pages, store, now).Records;
        return result switch
        {
            AcquireResult.Granted granted => granted.Lease,
            AcquireResult.Queued queued => Assert.IsType<AcquireResult.Granted>(pool.Ask(queued.Ticket, now)).Lease,
            _ => throw new InvalidOperationException($"{result}"),
        };
    }

    private (int Records, PoolRecord Head) Write(TokenPool pool, PoolPages pages, Dictionary<string, PoolPage> store, DateTimeOffset now)
    {
        var records = 0;
        while (pool.WriteWanted(now))
        {
            var plan = pages.Plan(pool.BeginWrite(now));
            pages.Begun(plan);
            _head = Apply(plan, pages, store);
            pool.EndWrite(true, now);
            records += 1 + plan.Added.Length;
        }

        pool.Completed.Clear();
        return (records, _head ?? new());
    }

    private static PoolRecord Apply(PageWrite plan, PoolPages pages, Dictionary<string, PoolPage> store)
    {
        foreach (var (id, page) in plan.Added)
        {
            store.Add(id, page);
        }

        pages.Done(plan);
        foreach (var gone in plan.Gone)
        {
            store.Remove(gone);
        }

        return plan.Head;
    }

    private static AccountRecord Record(int number, long sequence) =>
        new()
        {
            Name = $"a{number}",
            TokenHash = new string('h', 64),
            Sequence = sequence,
        };

    private static TokenPool Open(PoolRecord stored, int count, DateTimeOffset now)
    {
        var pool = new TokenPool("pool", new(), Guid.CreateVersion7);
        pool.Restore(stored, now);
        pool.SetAccounts(
            new(1, [.. Enumerable.Range(0, count).Select(number => PoolWorld.Account($"a{number}", Limits))]),
            (_, field) => field,
            now
        );
        pool.FinishRecovery(now);
        return pool;
    }
}
