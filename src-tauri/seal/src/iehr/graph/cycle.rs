//! Cycles in a graph.

/// Which nodes stand in a cycle of two or more, following only edges between nodes that `count`: Tarjan's strongly
/// connected components, with a stack of its own instead of recursion.
pub(super) fn cyclic(edges: &[Vec<usize>], count: &[bool]) -> Vec<bool> {
    const UNSEEN: usize = usize::MAX;
    let nodes = edges.len();
    let mut order = vec![UNSEEN; nodes];
    let mut low = vec![0; nodes];
    let mut open = vec![false; nodes];
    let mut cyclic = vec![false; nodes];
    let (mut component, mut walk, mut seen): (Vec<usize>, Vec<(usize, usize)>, usize) =
        (Vec::new(), Vec::new(), 0);
    for start in (0..nodes).filter(|&node| count[node]) {
        if order[start] != UNSEEN {
            continue;
        }
        walk.push((start, 0));
        while let Some(&mut (node, ref mut next)) = walk.last_mut() {
            if *next == 0 && order[node] == UNSEEN {
                (order[node], low[node], open[node]) = (seen, seen, true);
                seen += 1;
                component.push(node);
            }
            if let Some(&to) = edges[node].get(*next) {
                *next += 1;
                if !count[to] {
                    continue;
                }
                if order[to] == UNSEEN {
                    walk.push((to, 0));
                } else if open[to] {
                    low[node] = low[node].min(order[to]);
                }
                continue;
            }
            walk.pop();
            if let Some(&(parent, _)) = walk.last() {
                low[parent] = low[parent].min(low[node]);
            }
            if low[node] == order[node] {
                let first = component.iter().rposition(|&one| one == node).unwrap_or(0);
                let several = component.len() - first > 1;
                for one in component.drain(first..) {
                    (open[one], cyclic[one]) = (false, several);
                }
            }
        }
    }
    cyclic
}
