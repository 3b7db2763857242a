using FlowGpt.Grains.Accounts;
using FlowGpt.Grains.Interfaces.Pools;
using FlowGpt.Tests.Cluster.Usage;

namespace FlowGpt.Tests.Cluster.Pools;

/// <summary>The pool's grain and the leases of two silos, over silos that stop and storage that fails.</summary>
public sealed class TokenPoolGrainTests : IAsyncLifetime
{
    private static readonly AccountLimits TwoAtOnce = new() { MaxConcurrent = 2 };
    private readonly PoolCluster _pool = new();

    public ValueTask InitializeAsync() => _pool.InitializeAsync();

    public ValueTask DisposeAsync() => _pool.DisposeAsync();

    [Fact]
    public async Task Settle_ByTheSilo_FreesTheSlot()
    {
        await _pool.Start(("a", TwoAtOnce));
        var held = await _pool.Hold(silo: 1);
        Assert.Equal(1, await Leases());

        held.MarkAnswered();
        held.Settle(sent: true, 5, null);
        await held.Settled;

        Assert.Equal(0, await Leases());
    }

    [Fact]
    public async Task Await_SlotFrees_IsGranted()
    {
        await _pool.Start(("a", new() { MaxConcurrent = 1 }));
        var held = await _pool.Hold();
        var waiting = _pool.Wait(await _pool.Ask(wait: 60, silo: 1));
        Assert.False(waiting.IsCompleted);

        held.Settle(sent: true, null, null);

        Assert.IsType<AcquireResult.Granted>(await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Await_DeadlinePasses_IsRejected()
    {
        await _pool.Start(("a", new() { MaxConcurrent = 1 }));
        await _pool.Hold();

        var result = await _pool.Wait(await _pool.Ask(wait: 0.3));

        Assert.Equal(RejectReason.NoAccountInTime, Assert.IsType<AcquireResult.Rejected>(result).Reason);
    }

    /// <summary>A pool that has just been activated has to write before it grants: until then no request is refused as over a limit.</summary>
    [Fact]
    public async Task Acquire_ThatMayNotQueue_WhileThePoolBegins_IsGranted()
    {
        var written = new TaskCompletionSource();
        _pool.Storage.Hold = ("pool", written.Task);
        await _pool.Start(("a", new() { RequestsPerMinute = 10 }));
        var asked = _pool.Ask(wait: 0);
        // The request came later, when the pool's time to begin had passed.
        Assert.IsType<AcquireResult.Queued>(await _pool.Ask(wait: 60));

        Assert.False(asked.IsCompleted);
        written.SetResult();

        Assert.IsType<AcquireResult.Granted>(await Soon.Happens(asked, "the pool has begun"));
    }

    [Theory]
    [InlineData(StorageFault.None)]
    [InlineData(StorageFault.BeforeCommit)]
    public async Task Deactivated_LeasesHeldOnBothSilos_AreTakenOver_AtOnce(StorageFault lastWrite)
    {
        await _pool.Start(("a", TwoAtOnce));
        var first = await _pool.Hold(silo: 0);
        await _pool.Hold(silo: 1);

        // Without a last record, as after a crash, only the silos that hold leases have them.
        _pool.Storage.NextWrite = lastWrite;
        await _pool.Cluster.DeactivateAsync(_pool.Pool);
        var next = await _pool.Ask(wait: 60);

        Assert.IsType<AcquireResult.Queued>(next);
        Assert.Equal(2, await Leases());
        first.Settle(sent: true, null, null);
        Assert.IsType<AcquireResult.Granted>(await _pool.Wait(next).WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Deactivated_WhileACallerWaits_TheWaitEnds_AndTheNextActivationServes()
    {
        await _pool.Start(("a", new() { MaxConcurrent = 1 }));
        var held = await _pool.Hold();
        var ticket = Assert.IsType<AcquireResult.Queued>(await _pool.Ask(wait: 60)).Ticket;
        var waiting = _pool.Pool.Await(ticket, TimeSpan.FromSeconds(2), CancellationToken.None).AsTask();

        await _pool.Cluster.DeactivateAsync(_pool.Pool).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.IsNotType<AcquireResult.Granted>(await waiting.WaitAsync(TimeSpan.FromSeconds(20)));
        held.Settle(sent: true, null, null);
        await held.Settled.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, await Leases());
    }

    [Fact]
    public async Task Deactivated_WindowsAreExact()
    {
        await _pool.Start(("a", new() { RequestsPerDay = 3 }));
        await UseAndReturn();
        await UseAndReturn();

        await _pool.Cluster.DeactivateAsync(_pool.Pool);

        Assert.Equal(2, (await _pool.Pool.GetSnapshot()).Accounts[0].Windows[0].Used);
        await UseAndReturn();
        Assert.IsType<AcquireResult.Rejected>(await _pool.Ask());
    }

    [Fact]
    public async Task Write_RecordIsLost_WindowsAreWrittenAnewFromMemory()
    {
        await _pool.Start(("a", new() { RequestsPerDay = 3 }));
        await UseAndReturn();
        await UseAndReturn();

        _pool.Storage.Lose();
        await _pool.Cluster.DeactivateAsync(_pool.Pool);

        Assert.Equal(2, (await _pool.Pool.GetSnapshot()).Accounts[0].Windows[0].Used);
        await UseAndReturn();
        Assert.IsType<AcquireResult.Rejected>(await _pool.Ask());
    }

    [Theory]
    [InlineData(StorageFault.BeforeCommit)]
    [InlineData(StorageFault.AfterCommit)]
    public async Task Write_Fails_NothingIsIssuedTwice_AndThePoolRecovers(StorageFault fault)
    {
        await _pool.Start(("a", new() { RequestsPerDay = 40 }));
        var granted = 0;
        for (var i = 0; i < 45; i++)
        {
            _pool.Storage.NextWrite = i % 9 == 4 ? fault : _pool.Storage.NextWrite;
            granted += await IsGranted() ? 1 : 0;
        }

        Assert.InRange(granted, 20, 40);
        Assert.True((await _pool.Pool.GetSnapshot()).Accounts[0].Windows[0].Used >= granted);
    }

    [Fact]
    public async Task HolderDies_ItsLeasesAreFreed_OthersStay()
    {
        await _pool.Start(("a", TwoAtOnce));
        await _pool.Hold(silo: 0);
        await _pool.Hold(silo: 1);
        var next = await _pool.Ask(wait: 60);

        await _pool.Cluster.KillSiloAsync(_pool.Cluster.Silos[1]);

        Assert.IsType<AcquireResult.Granted>(await _pool.Wait(next).WaitAsync(TimeSpan.FromSeconds(25)));
        Assert.Equal(2, await Leases());
    }

    [Fact]
    public async Task AccountsChange_AreTakenUp_WithLeasesInFlight()
    {
        await _pool.Start(("a", TwoAtOnce));
        await _pool.Hold();
        await _pool.Hold();
        var next = await _pool.Ask(wait: 60);

        _pool.Define(("a", TwoAtOnce), ("b", AccountLimits.None));

        var lease = Assert.IsType<AcquireResult.Granted>(await _pool.Wait(next).WaitAsync(TimeSpan.FromSeconds(20))).Lease;
        Assert.Equal("b", lease.Account);
        Assert.Equal("device-b", _pool.LeasesOf(0).CredentialOf(lease)["device"]);
        Assert.Equal(3, await Leases());
    }

    private async Task UseAndReturn()
    {
        var held = await _pool.Hold();
        held.MarkAnswered();
        held.Settle(sent: true, null, null);
        await held.Settled;
    }

    private async Task<bool> IsGranted()
    {
        for (var attempt = 0; attempt < 20; attempt++)
        {
            var result = await _pool.Ask(wait: 5);
            result = result is AcquireResult.Queued ? await _pool.Wait(result) : result;
            if (result is AcquireResult.Granted)
            {
                var held = _pool.Hold(result);
                held.MarkAnswered();
                held.Settle(sent: true, null, null);
                await held.Settled;
                return true;
            }

            if (result is not AcquireResult.Rejected { Reason: RejectReason.UnknownTicket })
            {
                return false;
            }
        }

        return false;
    }

    private async Task<int> Leases() => (await _pool.Pool.GetSnapshot()).Accounts.Sum(account => account.Leases);
}
