//! A list whose copies share what they have in common.

use std::sync::Arc;

/// How many items a block has, and how many nodes a branch. What is changed after a copy costs a copy of fewer
/// than these on each level.
const WIDTH: usize = 32;

/// Items in order. A copy costs the same however many there are, and adding to one costs the same too: a tree of
/// full blocks, which four levels let hold a million items, and the rest that is too short for a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Blocks<T> {
    root: Branch<T>,
    /// How many branches are above each block.
    height: u32,
    /// How many blocks are under `root`.
    full: usize,
    rest: Arc<Vec<T>>,
}

type Branch<T> = Arc<Vec<Node<T>>>;

/// Two nodes are compared item by item only where they are not one and the same: so `Arc` compares what is `Eq`.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Node<T> {
    Branch(Branch<T>),
    Block(Arc<[T]>),
}

impl<T: Clone> Blocks<T> {
    pub(super) fn push(&mut self, item: T) {
        // Copied here if another copy still has it.
        let rest = Arc::make_mut(&mut self.rest);
        rest.push(item);
        if rest.len() == WIDTH {
            let block = Arc::from(std::mem::take(rest));
            self.push_block(block);
        }
    }

    pub(super) fn len(&self) -> usize {
        self.full * WIDTH + self.rest.len()
    }

    pub(super) fn get(&self, position: usize) -> Option<&T> {
        match position / WIDTH {
            nth if nth < self.full => self.block(nth).get(position % WIDTH),
            _ => self.rest.get(position - self.full * WIDTH),
        }
    }

    /// The item to change it. What other copies have stays as it is.
    pub(super) fn get_mut(&mut self, position: usize) -> Option<&mut T> {
        match position / WIDTH {
            nth if nth < self.full => find(&mut self.root, nth, self.height)?.get_mut(position % WIDTH),
            _ => Arc::make_mut(&mut self.rest).get_mut(position - self.full * WIDTH),
        }
    }

    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        (0..self.full).flat_map(|nth| self.block(nth)).chain(self.rest.iter())
    }

    fn push_block(&mut self, block: Arc<[T]>) {
        if self.full == WIDTH.pow(self.height) {
            let all = std::mem::take(&mut self.root);
            self.root = Arc::new(vec![Node::Branch(all)]);
            self.height += 1;
        }
        insert(&mut self.root, self.full, self.height, block);
        self.full += 1;
    }

    fn block(&self, nth: usize) -> &[T] {
        let mut nodes = &self.root;
        for height in (0..self.height).rev() {
            match nodes.get(nth / WIDTH.pow(height) % WIDTH) {
                Some(Node::Branch(branch)) => nodes = branch,
                Some(Node::Block(block)) => return block,
                None => break,
            }
        }
        &[]
    }
}

impl<T: Clone + Eq> Blocks<T> {
    /// Whether the first items are those of `other`. What both share is not compared.
    pub(super) fn starts_with(&self, other: &Self) -> bool {
        if other.full > self.full {
            return false;
        }
        // What grew higher has its earlier root at the left.
        let mut root = &self.root;
        for _ in other.height..self.height {
            let Some(Node::Branch(first)) = root.first() else { return false };
            root = first;
        }
        let rest = (other.full * WIDTH..).zip(other.rest.iter());
        begins_with(root, &other.root) && rest.into_iter().all(|(at, item)| self.get(at) == Some(item))
    }
}

/// Whether the first blocks under `branch` are those under `other`, of the same height.
fn begins_with<T: Eq>(branch: &Branch<T>, other: &Branch<T>) -> bool {
    let same = |(node, other): (&Node<T>, &Node<T>)| match (node, other) {
        (Node::Branch(node), Node::Branch(other)) => begins_with(node, other),
        (Node::Block(node), Node::Block(other)) => Arc::ptr_eq(node, other) || node == other,
        _ => false,
    };
    Arc::ptr_eq(branch, other) || (other.len() <= branch.len() && branch.iter().zip(other.iter()).all(same))
}

/// Puts the block number `nth`, the next one, under a branch that is `height` levels above its blocks.
fn insert<T: Clone>(branch: &mut Branch<T>, nth: usize, height: u32, block: Arc<[T]>) {
    let nodes = Arc::make_mut(branch);
    match nodes.last_mut() {
        Some(Node::Branch(last)) if !nth.is_multiple_of(WIDTH.pow(height - 1)) => {
            insert(last, nth, height - 1, block);
        }
        _ => nodes.push((1..height).fold(Node::Block(block), |node, _| Node::Branch(Arc::new(vec![node])))),
    }
}

/// The items of block number `nth`, to change them.
fn find<T: Clone>(branch: &mut Branch<T>, nth: usize, height: u32) -> Option<&mut [T]> {
    let below = height.checked_sub(1)?;
    match Arc::make_mut(branch).get_mut(nth / WIDTH.pow(below) % WIDTH)? {
        Node::Branch(branch) => find(branch, nth, below),
        Node::Block(block) => Some(Arc::make_mut(block)),
    }
}

impl<T> Default for Blocks<T> {
    fn default() -> Self {
        Self { root: Arc::default(), height: 1, full: 0, rest: Arc::default() }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn numbers(count: usize) -> Blocks<usize> {
        let mut blocks = Blocks::default();
        (0..count).for_each(|number| blocks.push(number));
        blocks
    }

    /// How many branches and blocks of `copy` are not those of `original`.
    fn own_nodes(original: &Blocks<usize>, copy: &Blocks<usize>) -> usize {
        fn all(branch: &Branch<usize>, found: &mut Vec<*const ()>) {
            found.push(Arc::as_ptr(branch).cast());
            for node in branch.iter() {
                match node {
                    Node::Branch(branch) => all(branch, found),
                    Node::Block(block) => found.push(Arc::as_ptr(block).cast()),
                }
            }
        }
        let nodes = |blocks: &Blocks<usize>| {
            let mut found = vec![Arc::as_ptr(&blocks.rest).cast()];
            all(&blocks.root, &mut found);
            found
        };
        let theirs: std::collections::HashSet<_> = nodes(original).into_iter().collect();
        nodes(copy).into_iter().filter(|node| !theirs.contains(node)).count()
    }

    #[test]
    fn items_are_where_they_were_put() {
        for count in [0, 1, 31, 32, 33, 1023, 1024, 1025, 1056, 32 * 1024, 32 * 1024 + 33, 70_000] {
            let blocks = numbers(count);
            assert_eq!(blocks.len(), count);
            assert!(blocks.iter().copied().eq(0..count));
            assert!(blocks.iter().rev().copied().eq((0..count).rev()));
            for position in (0..count).step_by(7) {
                assert_eq!(blocks.get(position), Some(&position));
            }
            assert_eq!((blocks.get(count), blocks.get(usize::MAX)), (None, None));
        }
    }

    #[test]
    fn a_copy_keeps_what_the_other_changes() {
        let before = numbers(5000);
        let mut after = before.clone();
        for position in [0, 1023, 1024, 4990, 4999] {
            *after.get_mut(position).unwrap() += 1;
            assert_eq!((before.get(position), after.get(position)), (Some(&position), Some(&(position + 1))));
        }
        assert_eq!(after.get_mut(5000), None);
        assert_ne!(before, after);
        assert!(before.iter().copied().eq(0..5000));
    }

    #[test]
    fn adding_to_a_copy_copies_as_little_however_many_there_are() {
        // Each copy adds the item that completes a block, the dearest case.
        let mut dearest = Vec::new();
        for blocks in [1, 31, 32, 33, 1000, 3125] {
            let before = numbers(blocks * WIDTH - 1);
            let mut after = before.clone();
            after.push(0);
            dearest.push(own_nodes(&before, &after));
            *after.get_mut(0).unwrap() = 1;
            dearest.push(own_nodes(&before, &after));
        }
        assert!(dearest.iter().all(|own| *own <= 10), "{dearest:?}");
    }

    #[test]
    fn what_was_added_to_begins_with_what_was_there() {
        for count in [0, 1, 31, 32, 33, 1023, 1024, 1025, 32 * 1024 - 1, 32 * 1024] {
            let before = numbers(count);
            let mut after = before.clone();
            for added in [0, 1, 31, 32, 1000] {
                (after.len()..count + added).for_each(|number| after.push(number));
                assert!(after.starts_with(&before), "{count} and {added}");
                assert!(after.starts_with(&numbers(count)), "equal, but not shared: {count} and {added}");
                assert_eq!(before.starts_with(&after), added == 0, "{count} and {added}");
            }
            for position in [0, count / 2, count.saturating_sub(1)] {
                let mut other = after.clone();
                *other.get_mut(position).unwrap() += 1;
                assert_eq!(other.starts_with(&before), count == 0, "{position} of {count}");
            }
        }
    }

    #[test]
    fn what_is_shared_is_not_compared() {
        static COMPARED: AtomicUsize = AtomicUsize::new(0);
        #[derive(Clone, Eq)]
        struct Counted;
        impl PartialEq for Counted {
            fn eq(&self, _: &Self) -> bool {
                COMPARED.fetch_add(1, Ordering::Relaxed);
                true
            }
        }
        let mut before = Blocks::default();
        (0..100_000).for_each(|_| before.push(Counted));
        let mut after = before.clone();
        after.push(Counted);
        let mut other = before.clone();
        other.push(Counted);
        assert!(after == other);
        assert!(COMPARED.swap(0, Ordering::Relaxed) <= WIDTH);

        let mut after = before.clone();
        (0..5000).for_each(|_| after.push(Counted));
        assert!(after.starts_with(&before) && !before.starts_with(&after));
        assert!(COMPARED.load(Ordering::Relaxed) <= WIDTH);
    }
}
