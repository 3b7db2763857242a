using System.Reflection;
using FlowGpt.Grains.Interfaces.Pools;

namespace FlowGpt.Tests.Cluster.Conversations;

/// <summary>A grain factory that hands out a test's pool and everything else as it is.</summary>
public class PoolInsteadOf : DispatchProxy
{
    private IGrainFactory _grains = null!;
    private ITokenPoolGrain _pool = null!;

    public static IGrainFactory Create(IGrainFactory grains, ITokenPoolGrain pool)
    {
        var factory = Create<IGrainFactory, PoolInsteadOf>();
        ((PoolInsteadOf)factory)._grains = grains;
        ((PoolInsteadOf)factory)._pool = pool;
        return factory;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: nameof(IGrainFactory.GetGrain), IsGenericMethod: true }
        && targetMethod.GetGenericArguments()[0] == typeof(ITokenPoolGrain)
            ? _pool
            : targetMethod!.Invoke(_grains, args);
}
