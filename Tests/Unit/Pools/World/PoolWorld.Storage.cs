using System.Text.Json;
using FlowGpt.Grains.Pools;

namespace FlowGpt.Tests.Unit.Pools.World;

internal sealed partial class PoolWorld
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private PoolRecord _stored = new();
    private TokenPool? _writer;
    private TokenPool? _twin;
    private DateTimeOffset _writeAgainAt = DateTimeOffset.MinValue;
    private TimeSpan _latency = TimeSpan.FromMilliseconds(2);
    private int _failures;
    private bool _afterCommit;
    private bool _down;

    /// <summary>Writes that took effect.</summary>
    public int Writes { get; private set; }

    /// <summary>What storage holds.</summary>
    public PoolRecord Stored => _stored;

    /// <summary>The process dies: everything that was not written is lost.</summary>
    public void Crash(TimeSpan down, bool twin = false)
    {
        _twin = twin ? Pool : null;
        Restart(down);
    }

    /// <summary>The pool is deactivated in an orderly way.</summary>
    public void Move(TimeSpan down)
    {
        if (!_down && Pool.Close(Now) is { } record)
        {
            Commit(record);
        }

        Restart(down);
    }

    private void Restart(TimeSpan down)
    {
        if (_twin is null)
        {
            _waiting.Clear();
        }

        _down = true;
        Pass(down);
        Boot();
    }

    private void Boot()
    {
        _down = false;
        _writer = null;
        _writeAgainAt = DateTimeOffset.MinValue;
        var ids = new Random(17);
        var bytes = new byte[16];
        Pool = new TokenPool("pool", Options, _ => NextId(ids, bytes), _largeFrom);
        Pool.Restore(_stored, Now);
        Pool.SetAccounts(Accounts, NewValue, Now);

        // Every holder that runs reports; then limits of concurrent calls hold again.
        RenewAll();
        Pool.FinishRecovery(Now);
        After(Pool);
    }

    private void Write(TokenPool pool)
    {
        if (pool == _twin)
        {
            // The old activation's first write finds that another activation has written.
            if (pool.WriteWanted(Now))
            {
                pool.BeginWrite(Now);
                pool.Stop();
                _twin = null;
            }

            return;
        }

        if (_writer is not null || Now < _writeAgainAt || !pool.WriteWanted(Now))
        {
            return;
        }

        _writer = pool;
        var record = pool.BeginWrite(Now);
        var fails = _failures > 0;
        var commits = !fails || _afterCommit;
        _failures -= fails ? 1 : 0;

        // A write takes effect at its end, also where its process has died before.
        At(
            _latency,
            () =>
            {
                if (commits && pool == Pool)
                {
                    Commit(record);
                }

                if (pool == _writer && pool == Pool && !_down)
                {
                    _writer = null;
                    _writeAgainAt = fails ? Now + Pause : DateTimeOffset.MinValue;
                    pool.EndWrite(!fails, Now);
                    After(pool);
                }
            }
        );
    }

    private void Commit(PoolRecord record)
    {
        Writes++;
        _stored = JsonSerializer.Deserialize<PoolRecord>(JsonSerializer.SerializeToUtf8Bytes(record))!;
    }

    private Guid NextId(Random random, byte[] bytes)
    {
        random.NextBytes(bytes);
        BitConverter.TryWriteBytes(bytes, _order++);
        return new Guid(bytes);
    }
}
